import type { MachineFacts } from './facts.ts';

/** What a package manager can bring. */
export type Wanted = 'python' | 'openssl' | 'go' | 'engine' | 'rootless' | 'nginx' | 'unshare';

/** Something that the set-up needs, is not there, and that it cannot bring itself. */
export interface Missing {
  what: string;
  /** What it is for. */
  use: string;
  /** What was looked for, or what is wrong with what was found. */
  seen: string;
  /** What brings it; without it no package does. */
  wanted?: Wanted;
}

const OLDEST_PYTHON = [3, 10] as const;
/** By Pebble's go.mod. */
const OLDEST_GO = [1, 24] as const;

/** Everything that is missing, at once. */
export function findMissing(facts: MachineFacts): Missing[] {
  if (facts.platform !== 'linux')
    return [
      {
        what: 'Linux',
        use: 'the whole local cloud',
        seen: `this is ${facts.platform}: hosts need mount namespaces, and callers are told apart by /proc`,
      },
    ];
  return [...python(facts), ...pebble(facts), ...openssl(facts), ...(facts.withHosts ? hosts(facts) : [])];
}

function python({ installed, python: found }: MachineFacts): Missing[] {
  if (installed.has('python')) return [];
  const is = (seen: string): Missing[] => [
    { what: 'Python 3.10 or newer, with venv', use: 'AWS (moto), AWS CLI, cfn-lint', seen, wanted: 'python' },
  ];
  if (!found) return is('no python3 on the PATH');
  if (isOlder(found.version, OLDEST_PYTHON)) return is(`python3 is ${found.version.join('.')}`);
  return found.hasVenv ? [] : is('python3 has no venv module, or no ensurepip');
}

/** Go is needed only to build Pebble. */
function pebble({ installed, pebbleVariable, hasPebble, go }: MachineFacts): Missing[] {
  if (pebbleVariable && !pebbleVariable.isPebble)
    return [
      {
        what: 'Pebble',
        use: 'the CA',
        seen: `PEBBLE=${pebbleVariable.value} is not Pebble 2.10 or newer: unset it, or name the program`,
      },
    ];
  if (pebbleVariable || hasPebble || installed.has('pebble')) return [];
  const is = (what: string): Missing[] => [
    {
      what: 'Go 1.24 or newer, or Pebble 2.10',
      use: 'builds Pebble, the CA',
      seen: `no Pebble in $PEBBLE, .local/bin and on the PATH, and ${what}`,
      wanted: 'go',
    },
  ];
  if (!go) return is('no go on the PATH');
  return isOlder(go.version, OLDEST_GO) && !go.fetchesNewer ? is(`go is ${go.version.join('.')}`) : [];
}

function openssl(facts: MachineFacts): Missing[] {
  if (facts.found.has('openssl') || bringsItself(facts)) return [];
  return [
    {
      what: 'openssl',
      use: "keys, and the hosts' script",
      seen: 'no openssl on the PATH',
      wanted: 'openssl',
    },
  ];
}

function hosts(facts: MachineFacts): Missing[] {
  const { found, installed } = facts;
  const nginx =
    installed.has('nginx-rootfs') || found.has('nginx') || found.has('apt-get')
      ? []
      : [
          {
            what: 'Nginx',
            use: 'what hosts serve with',
            seen: 'no nginx on the PATH, and no apt-get',
            wanted: 'nginx' as const,
          },
        ];
  const unshare = found.has('unshare')
    ? []
    : [
        {
          what: 'unshare',
          use: 'a host of its own for each script',
          seen: 'none on the PATH',
          wanted: 'unshare' as const,
        },
      ];
  return [...engine(facts), ...nginx, ...unshare];
}

function engine(facts: MachineFacts): Missing[] {
  const { found, dockerAnswers, isRoot, subordinateIds, rootlessFailure, userNamespaces } = facts;
  const is = (seen: string, wanted?: Wanted): Missing[] => [
    { what: 'a container engine', use: 'the hosts', seen, ...(wanted && { wanted }) },
  ];
  if (!isRoot && !userNamespaces)
    return is('this user gets no namespace of its own (unshare --map-root-user fails): be root');
  if (dockerAnswers) return [];
  const hasRuntime = isRoot ? found.has('runc') : found.has('runc') || found.has('crun');
  if (!found.has('podman') || !hasRuntime)
    return bringsItself(facts) ? [] : is('no docker daemon answers, and no podman with runc', 'engine');
  if (isRoot || rootlessFailure === undefined) return [];
  // Without lines of its own there podman maps the user alone, which needs no newuidmap.
  return subordinateIds > 0 && !found.has('newuidmap')
    ? is('podman without root lacks newuidmap, which /etc/subuid asks for', 'rootless')
    : is(`podman does not run without root: ${rootlessFailure}`);
}

/** As root on Debian and its like the set-up installs these itself. */
const bringsItself = ({ isRoot, found }: MachineFacts) => isRoot && found.has('apt-get');

function isOlder(
  [major, minor]: readonly [number, number],
  [oldest, oldestMinor]: readonly [number, number],
): boolean {
  return major < oldest || (major === oldest && minor < oldestMinor);
}
