import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { findProgram } from '../../local/setup/find-program.ts';
import { type OtherRun, OtherUser } from './other-user.ts';

const DEMO = [process.execPath, 'local/demo.ts'];
const LOCAL = [process.execPath, 'local/main.ts'];
const SERVED =
  /\ndemo: 2 renewed, 1 not due, 1 rejected, 2 served, rolled back on the broken host, healed after its repair, in \d+ s\n$/;

/** Hides programs, wherever they are found. */
const without = (...names: string[]) =>
  names
    .flatMap((name) => findProgram(name) ?? [])
    .map((path) => `mount --bind /dev/null '${path}';`)
    .join(' ');
/** A name for the user, and other users below him, as useradd makes them. */
const WITH_SUBUID = `
  grep -v "^other:" /etc/passwd >"$0/passwd"; echo "other:x:$uid:$uid::$0:/bin/sh" >>"$0/passwd"
  echo "other:100000:65536" >"$0/subuid"; : >>/etc/subuid; : >>/etc/subgid
  mount --bind "$0/passwd" /etc/passwd; mount --bind "$0/subuid" /etc/subuid; mount --bind "$0/subuid" /etc/subgid;`;
/** One that the distribution's package would give the right to do what it says. */
const PLAIN_NEWUIDMAP = `
  mount -t tmpfs -o mode=755 none /usr/local/sbin
  for name in newuidmap newgidmap; do
    printf '#!/bin/sh\\necho "$name: write to uid_map failed: Operation not permitted" >&2\\nexit 1\\n' >/usr/local/sbin/$name
    chmod 755 /usr/local/sbin/$name
  done; PATH=/usr/local/sbin:$PATH;`;
/** A user namespace in which there may be no other. */
const NO_NAMESPACES = `
  cat >"$0/enter" <<'END'
    unshare --user sh -c 'until grep -q . /proc/self/uid_map; do sleep 0.05; done; exec sh -c "$@"' sh '
      echo 0 >/proc/sys/user/max_user_namespaces && exec "$@"' sh "$@" &
    for map in uid_map gid_map; do until echo "0 0 2000000000" >/proc/$!/$map; do sleep 0.05; done; done 2>/dev/null
    wait $!
END
  wrap="sh $0/enter";`;

/** In one line: the table breaks it at the end of its column. */
const asLine = (printed: string) => printed.replaceAll(/[│\s]+/g, ' ');

describe.skipIf(process.getuid?.() !== 0)(
  'without root, the hosts (needs root to become another user)',
  () => {
    let user: OtherUser;

    beforeAll(async () => {
      user = await OtherUser.create();
    });
    afterEach(() => user.beginAnew());
    afterAll(() => user?.remove());

    it('run in podman, or the demo says in a line why podman does not run', async () => {
      const podman = ['podman', '--cgroup-manager', 'cgroupfs', 'unshare', 'echo', 'runs'];
      const runs = (await user.run(podman)).includes('runs\n');
      await user.beginAnew();
      const printed = await user.run(DEMO, { prepare: without('docker') });
      if (runs) expect(printed).toMatch(SERVED);
      else expect(asLine(printed)).toMatch(/podman does not run without root: \S|no podman with runc/);
    }, 420_000);

    it.each<[string, string[], OtherRun, string]>([
      ['podman', DEMO, { prepare: without('podman') }, 'no docker daemon answers, and no podman with runc'],
      [
        'runc and crun',
        LOCAL,
        { prepare: without('runc', 'crun') },
        'no docker daemon answers, and no podman with runc',
      ],
      [
        'newuidmap, with other users to be mapped',
        DEMO,
        { prepare: `${WITH_SUBUID} ${without('newuidmap')}` },
        'podman without root lacks newuidmap, which /etc/subuid asks for',
      ],
      [
        'the rights of newuidmap',
        DEMO,
        { prepare: `${WITH_SUBUID} ${PLAIN_NEWUIDMAP}` },
        'podman does not run without root: cannot set up namespace using "/usr/local/sbin/newuidmap": should have setuid or have filecaps setuid',
      ],
      [
        'a home',
        LOCAL,
        { home: '/nonexistent' },
        'podman does not run without root: cannot resolve /nonexistent: lstat /nonexistent: no such file or directory',
      ],
      [
        'user namespaces',
        DEMO,
        { prepare: NO_NAMESPACES },
        'this user gets no namespace of its own (unshare --map-root-user fails): be root',
      ],
    ])('say that they lack %s, and how to go on without', async (_, start, { prepare = '', home }, line) => {
      const printed = await user.run(start, {
        prepare: `${without('docker')} ${prepare}`,
        ...(home && { home }),
      });
      expect(asLine(printed)).toContain(`a container engine the hosts ${line}`);
      expect(printed).toMatch(/^one thing is missing, and nothing was installed:\n/m);
      expect(printed).toContain('\nWithout hosts: npm run demo -- --no-hosts\n');
    });
  },
);
