import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { assertInstall, type HostFault, onProbedHost, SERVED } from './host-fault.ts';
import { engineOf, KILL, shadow } from './shadow.ts';

interface KillPoint {
  where: string;
  layout?: 'certbot';
  /** which program's run is the last of the host, and when */
  program: string;
  text: string;
  /** a program that the host does not have */
  without?: string;
  /** whether servers that open the files at each handshake find them then */
  isLinked?: boolean;
}

const KILL_POINTS: KillPoint[] = [
  // The last argument of what fetches is the file with what it is asked for.
  {
    where: 'while it fetches',
    program: 'python3',
    text: `! grep -qs '^archive/' "$7" || { ${KILL}; }`,
  },
  {
    where: "between certbot's folder and its renewal configuration",
    layout: 'certbot',
    program: 'mv',
    text: `case $* in *.conf.before-perennial) ${KILL} ;; esac`,
  },
  {
    where:
      "between certbot's folder and its renewal configuration, where the two cannot be exchanged at one instant",
    layout: 'certbot',
    program: 'mv',
    text: `case $* in --exchange*) exit 1 ;; *.conf.before-perennial) ${KILL} ;; esac`,
    without: 'python3',
    isLinked: true,
  },
  {
    where: "between certbot's folder moved aside and the link",
    layout: 'certbot',
    program: 'ln',
    text: KILL,
  },
  {
    where: "between certbot's folder and the link, where the two cannot be exchanged at one instant",
    layout: 'certbot',
    program: 'mv',
    text: `case $* in --exchange*) exit 1 ;; *.new\\ ./[a-z]*) ${KILL} ;; esac`,
    without: 'python3',
  },
  { where: 'between link and rename', program: 'mv', text: `case $* in *.new\\ *) ${KILL} ;; esac` },
  { where: 'between swap and reload', program: 'engine', text: `case $* in *-t) ${KILL} ;; esac` },
  { where: 'between test and reload', program: 'engine', text: `case $* in *reload) ${KILL} ;; esac` },
  {
    where: 'while it looks what is served',
    program: 'sleep',
    text: KILL,
  },
];

/** Row 36: the host dies in the middle; the next run brings it to the new certificate. */
export const killed: HostFault[] = [
  ...KILL_POINTS.map(
    ({ where, layout = 'perennial' as const, program, text, without, isLinked }, index): HostFault => ({
      row: 36,
      fault: `killed ${where}`,
      run: (fixture) =>
        onProbedHost(fixture, { lineages: [`kill-${index}`], layout }, async (host) => {
          const name = `kill-${index}`;
          await fixture.publish(name, [`${name}.example`]);
          const revive = await shadow(host, program === 'engine' ? engineOf(host) : program, text);
          if (without) await shadow(host, without, 'exit 127');
          // Without a reload that works the old one is still served, and the script waits.
          const reloads =
            program === 'sleep'
              ? await shadow(host, engineOf(host), 'case $* in *reload) exit 0 ;; esac')
              : undefined;
          const { exitCode, stdout } = await fixture.install(host, name);
          assert.notEqual(exitCode, 0);
          assert.equal(stdout, '');
          if (isLinked) assert.ok(existsSync(join(host.root, `live/${name}/privkey.pem`)));
          await reloads?.();
          await revive();
          await assertInstall(fixture, host, { names: name, outcomes: [SERVED] });
          assert.equal(existsSync(join(host.root, `renewal/${name}.conf`)), false);
          assert.deepEqual(
            (await readdir(join(host.root, 'live'))).filter((entry) => entry.startsWith('.')),
            [],
          );
        }),
    }),
  ),
  {
    row: 36,
    fault:
      'killed between swap and reload, and then the new one cannot be loaded: the next run still goes back',
    run: (fixture) =>
      onProbedHost(fixture, { lineages: ['late'] }, async (host) => {
        const link = await readlink(join(host.root, 'live/late'));
        await fixture.publish('late', ['late.example']);
        const revive = await shadow(host, engineOf(host), `case $* in *-t) ${KILL} ;; esac`);
        await fixture.install(host, 'late');
        assert.notEqual(await readlink(join(host.root, 'live/late')), link);
        await revive();
        const repair = await host.nginx.writeConfiguration('nonsense;');
        await assertInstall(fixture, host, {
          names: 'late',
          outcomes: [['rolled-back', 'nginx-test-failed']],
        });
        assert.equal(await readlink(join(host.root, 'live/late')), link);
        await repair();
        await assertInstall(fixture, host, { names: 'late', outcomes: [SERVED] });
      }),
  },
];
