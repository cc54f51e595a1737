import type { MachineFacts } from './facts.ts';
import type { Wanted } from './find-missing.ts';

interface Packages {
  /** As os-release(5) names the distribution, or those it is like. */
  ids: readonly string[];
  install: string;
  names: Record<Wanted, string>;
}

/** One command each. Debian's and Ubuntu's Go is new enough from these versions on. */
const PACKAGES: readonly Packages[] = [
  {
    ids: ['debian', 'ubuntu'],
    install: 'apt-get install --no-install-recommends',
    names: {
      python: 'python3-venv',
      openssl: 'openssl',
      go: 'golang-go',
      engine: 'podman runc uidmap',
      rootless: 'uidmap',
      nginx: 'nginx-light',
      unshare: 'util-linux',
    },
  },
  {
    ids: ['fedora', 'rhel', 'centos'],
    install: 'dnf install',
    names: {
      python: 'python3',
      openssl: 'openssl',
      go: 'golang',
      engine: 'podman runc',
      rootless: 'shadow-utils',
      nginx: 'nginx',
      unshare: 'util-linux',
    },
  },
  {
    ids: ['alpine'],
    install: 'apk add',
    names: {
      python: 'python3',
      openssl: 'openssl',
      go: 'go',
      engine: 'podman runc',
      rootless: 'shadow-subids',
      nginx: 'nginx',
      unshare: 'util-linux-misc',
    },
  },
  {
    ids: ['arch'],
    install: 'pacman -S --needed',
    names: {
      python: 'python',
      openssl: 'openssl',
      go: 'go',
      engine: 'podman runc',
      rootless: 'shadow',
      nginx: 'nginx',
      unshare: 'util-linux',
    },
  },
];
const GO_SINCE: Record<string, number> = { debian: 13, ubuntu: 25.04 };
const GO = 'https://go.dev/dl/';

/** The lines that say how to get all of it: one command, and an address for what the distribution has not. */
export function howToInstall(
  wanted: readonly Wanted[],
  { platform, distribution, isRoot }: Pick<MachineFacts, 'platform' | 'distribution' | 'isRoot'>,
): string[] {
  // Lima is a Linux machine for macOS.
  if (platform === 'darwin')
    return ['brew install lima && limactl start && limactl shell default   # then in there, in a clone'];
  if (platform !== 'linux') return ['Use a Linux machine, or WSL on Windows.'];
  const { ids, version } = distribution;
  const known = PACKAGES.find((one) => one.ids.some((id) => ids.includes(id)));
  const since = GO_SINCE[ids[0] ?? ''];
  const isGoOld = since !== undefined && !(Number(version) >= since);
  const names = wanted.flatMap((one) => (known && !(one === 'go' && isGoOld) ? known.names[one] : []));
  const elsewhere = wanted.includes('go') && (!known || isGoOld) ? [`Go: ${GO}`] : [];
  const rest = known ? [] : ['Install what is missing by the package manager of this system.'];
  const command =
    known && names.length > 0 ? [`${isRoot ? '' : 'sudo '}${known.install} ${once(names)}`] : [];
  return [...command, ...elsewhere, ...rest];
}

const once = (names: readonly string[]) => [...new Set(names.flatMap((name) => name.split(' ')))].join(' ');
