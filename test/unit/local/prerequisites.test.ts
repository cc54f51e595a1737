import { describe, expect, it } from 'vitest';
import { readOptions } from '../../../local/read-options.ts';
import type { MachineFacts, Program } from '../../../local/setup/prerequisites/facts.ts';
import { findMissing } from '../../../local/setup/prerequisites/find-missing.ts';
import { howToInstall } from '../../../local/setup/prerequisites/install-command.ts';
import { MissingError, refuseMissing } from '../../../local/setup/prerequisites/missing-table.ts';

const programs = (...names: Program[]) => new Set<Program>(names);
const ALL = programs('apt-get', 'newuidmap', 'nginx', 'openssl', 'podman', 'runc', 'unshare');

/** A Debian 12 where a user who is not root has everything. */
const machine = (changes: Partial<MachineFacts> = {}): MachineFacts => ({
  platform: 'linux',
  distribution: { ids: ['debian'], version: '12' },
  isRoot: false,
  withHosts: true,
  installed: new Set(),
  python: { version: [3, 11], hasVenv: true },
  pebbleVariable: undefined,
  hasPebble: false,
  go: { version: [1, 24], fetchesNewer: false },
  found: ALL,
  dockerAnswers: false,
  subordinateIds: 65_536,
  rootlessFailure: undefined,
  userNamespaces: true,
  ...changes,
});

const without = (...names: Program[]) => new Set([...ALL].filter((name) => !names.includes(name)));
const NOTHING: Partial<MachineFacts> = { python: undefined, go: undefined, found: programs('unshare') };

describe('what is missing', () => {
  it('is nothing on a machine that has all of it', () => {
    expect(findMissing(machine())).toEqual([]);
    expect(() => refuseMissing(machine())).not.toThrow();
  });

  it.each<[string, Partial<MachineFacts>, string, string]>([
    ['Python', { python: undefined }, 'Python 3.10 or newer, with venv', 'no python3 on the PATH'],
    [
      'a Python that is new enough',
      { python: { version: [3, 9], hasVenv: true } },
      'Python 3.10 or newer, with venv',
      'python3 is 3.9',
    ],
    [
      'venv',
      { python: { version: [3, 12], hasVenv: false } },
      'Python 3.10 or newer, with venv',
      'python3 has no venv module, or no ensurepip',
    ],
    [
      'Go and Pebble',
      { go: undefined },
      'Go 1.24 or newer, or Pebble 2.10',
      'no Pebble in $PEBBLE, .local/bin and on the PATH, and no go on the PATH',
    ],
    [
      'a Go that is new enough',
      { go: { version: [1, 19], fetchesNewer: false } },
      'Go 1.24 or newer, or Pebble 2.10',
      'no Pebble in $PEBBLE, .local/bin and on the PATH, and go is 1.19',
    ],
    [
      'the Pebble of the variable',
      { pebbleVariable: { value: '/x', isPebble: false } },
      'Pebble',
      'PEBBLE=/x is not Pebble 2.10 or newer: unset it, or name the program',
    ],
    ['openssl', { found: without('openssl') }, 'openssl', 'no openssl on the PATH'],
    [
      'a container engine',
      { found: without('podman') },
      'a container engine',
      'no docker daemon answers, and no podman with runc',
    ],
    [
      'a runtime for podman',
      { found: without('runc') },
      'a container engine',
      'no docker daemon answers, and no podman with runc',
    ],
    [
      'newuidmap, without root',
      { found: without('newuidmap'), rootlessFailure: 'exec: "newuidmap" not found' },
      'a container engine',
      'podman without root lacks newuidmap, which /etc/subuid asks for',
    ],
    [
      'a podman that runs without root',
      { rootlessFailure: 'mkdir /root/.local: permission denied' },
      'a container engine',
      'podman does not run without root: mkdir /root/.local: permission denied',
    ],
    [
      'more than newuidmap where podman has it',
      { rootlessFailure: 'newuidmap should have setuid', subordinateIds: 65_536 },
      'a container engine',
      'podman does not run without root: newuidmap should have setuid',
    ],
    [
      'a namespace of its own',
      { userNamespaces: false },
      'a container engine',
      'this user gets no namespace of its own (unshare --map-root-user fails): be root',
    ],
    ['Nginx', { found: without('nginx', 'apt-get') }, 'Nginx', 'no nginx on the PATH, and no apt-get'],
    ['unshare', { found: without('unshare') }, 'unshare', 'none on the PATH'],
  ])('is %s, with what was seen', (_, changes, what, seen) => {
    expect(findMissing(machine(changes))).toMatchObject([{ what, seen }]);
  });

  it.each<[string, Partial<MachineFacts>]>([
    ['Python for what is installed', { python: undefined, installed: new Set(['python']) }],
    ['Go where Pebble is in .local/', { go: undefined, installed: new Set(['pebble']) }],
    ['Go where PEBBLE names one', { go: undefined, pebbleVariable: { value: '/x', isPebble: true } }],
    ['Go where Pebble is on the PATH', { go: undefined, hasPebble: true }],
    ['a newer Go, which one from 1.21 on fetches itself', { go: { version: [1, 22], fetchesNewer: true } }],
    ['podman where docker answers', { found: without('podman', 'runc', 'newuidmap'), dockerAnswers: true }],
    ['newuidmap where no other users are to be mapped', { found: without('newuidmap'), subordinateIds: 0 }],
    ['newuidmap where podman runs without it', { found: without('newuidmap') }],
    [
      'newuidmap for root',
      { found: without('newuidmap'), isRoot: true, rootlessFailure: 'root is not asked' },
    ],
    ['Nginx where its packages can be unpacked', { found: without('nginx') }],
    ['what root installs by apt', { isRoot: true, found: without('podman', 'runc', 'openssl') }],
    [
      'an engine, Nginx and namespaces without hosts',
      { withHosts: false, userNamespaces: false, found: programs('openssl') },
    ],
  ])('is not %s', (_, changes) => {
    expect(findMissing(machine(changes))).toEqual([]);
  });

  it('is said all at once, in one table with one command and the way without hosts', () => {
    const refuse = () => refuseMissing(machine(NOTHING));
    expect(refuse).toThrow(MissingError);
    expect(refuse).toThrow(/^5 things are missing, and nothing was installed:\n┌/);
    for (const what of ['Python 3.10', 'Go 1.24', 'openssl', 'a container engine', 'Nginx'])
      expect(refuse).toThrow(what);
    expect(refuse).toThrow(/\nsudo apt-get install .*python3-venv openssl podman runc uidmap nginx-light\n/);
    expect(refuse).toThrow(/\nGo: https:\/\/go\.dev\/dl\/\nWithout hosts: npm run demo -- --no-hosts$/);
  });
});

describe('how to get it', () => {
  const all = ['python', 'openssl', 'go', 'engine', 'nginx'] as const;
  it.each([
    [
      ['debian'],
      '13',
      'sudo apt-get install --no-install-recommends python3-venv openssl golang-go podman runc uidmap nginx-light',
    ],
    [
      ['linuxmint', 'ubuntu', 'debian'],
      '22',
      'sudo apt-get install --no-install-recommends python3-venv openssl golang-go podman runc uidmap nginx-light',
    ],
    [['fedora'], '42', 'sudo dnf install python3 openssl golang podman runc nginx'],
    [['rocky', 'rhel', 'centos', 'fedora'], '9', 'sudo dnf install python3 openssl golang podman runc nginx'],
    [['alpine'], '3.22', 'sudo apk add python3 openssl go podman runc nginx'],
    [['arch'], '', 'sudo pacman -S --needed python openssl go podman runc nginx'],
  ])('is one command on %s %s', (ids, version, command) => {
    const machine = { platform: 'linux', distribution: { ids, version }, isRoot: false };
    expect(howToInstall(all, machine)).toEqual([command]);
    expect(howToInstall(all, { ...machine, isRoot: true })).toEqual([command.replace('sudo ', '')]);
  });

  it.each([
    ['debian', '12'],
    ['ubuntu', '24.04'],
  ])('names where Go is, as the one of %s %s is too old', (id, version) => {
    const machine = { platform: 'linux', distribution: { ids: [id], version }, isRoot: true };
    expect(howToInstall(['go'], machine)).toEqual(['Go: https://go.dev/dl/']);
  });

  it('names each package once', () => {
    const machine = {
      platform: 'linux',
      distribution: { ids: ['debian'], version: '13' },
      isRoot: true,
    };
    expect(howToInstall(['engine', 'rootless'], machine)).toEqual([
      'apt-get install --no-install-recommends podman runc uidmap',
    ]);
  });

  it('is plain words where the distribution is not known', () => {
    const machine = {
      platform: 'linux',
      distribution: { ids: ['plan9'], version: '' },
      isRoot: false,
    };
    expect(howToInstall(['go', 'openssl'], machine)).toEqual([
      'Go: https://go.dev/dl/',
      'Install what is missing by the package manager of this system.',
    ]);
  });

  it('says that macOS is not supported, why, and where to run it', () => {
    const mac = machine({ platform: 'darwin', distribution: { ids: [], version: '' } });
    expect(findMissing(mac)).toEqual([
      {
        what: 'Linux',
        use: 'the whole local cloud',
        seen: 'this is darwin: hosts need mount namespaces, and callers are told apart by /proc',
      },
    ]);
    expect(howToInstall([], mac)).toEqual([
      'brew install lima && limactl start && limactl shell default   # then in there, in a clone',
    ]);
  });
});

describe('the options of npm run demo', () => {
  it('are one', () => {
    expect(readOptions('npm run demo', [])).toEqual({ withoutHosts: false });
    expect(readOptions('npm run demo', ['--no-hosts'])).toEqual({ withoutHosts: true });
  });

  it.each([['--hosts'], ['all']])('are refused in one line: %s', (option) => {
    expect(() => readOptions('npm run demo', [option])).toThrow(
      /^Un\S+ \S+ [^\n]+: npm run demo -- --no-hosts leaves the hosts out, and takes no other option$/,
    );
  });
});
