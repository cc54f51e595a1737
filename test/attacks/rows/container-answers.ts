import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { promisify } from 'node:util';
import { engineOf, shadow } from '../../integration/host-faults/shadow.ts';
import type { Attack } from '../attack.ts';
import { onSite } from '../site.ts';

export const CONTAINER_ANSWERS: readonly Attack[] = [
  {
    tried: 'has `nginx -t` print 300 MB (H10)',
    must: 'no more than 64 KiB of it are kept, and its error is told in one line',
    run: (stages) =>
      onSite(stages, async ({ publish, install, host }) => {
        await publish();
        const largest = `${host.bin}/largest`;
        const chatting = (status: number) =>
          shadow(
            host,
            engineOf(host),
            `case $* in
               *-t) echo 'nginx: [emerg] first'; head -c 300000000 /dev/zero | tr '\\0' x; exit ${status} ;;
               *reload) ps -s "$(ps -o sid= -p $$ | tr -d ' ')" -o rss=,comm= | grep -w sh | sort -n | tail -n 1 >'${largest}' ;;
             esac`,
          );
        const refusing = await chatting(1);
        const { reason, message } = await install();
        await refusing();
        assert.equal(reason, 'nginx-test-failed');
        assert.ok(message.includes('[emerg] first') && message.length < 400, message);
        const passing = await chatting(0);
        assert.equal((await install()).outcome, 'served');
        await passing();
        const kilobytes = Number.parseInt(await readFile(largest, 'utf8'), 10);
        assert.ok(kilobytes < 20_000, `a shell of ${kilobytes} KB`);
        return 'cut';
      }),
  },
  {
    tried: 'has its `nginx` never end',
    must: 'it is given up after 30 s; the old version comes back, and that is reported',
    run: (stages) =>
      onSite(stages, async ({ publish, install, host, inRoot }) => {
        await publish();
        const link = await readlink(inRoot('live/a'));
        const undo = await shadow(host, engineOf(host), 'case $* in *exec*) sleep 600 ;; esac');
        const { outcome, ms } = await install();
        await undo();
        assert.equal(outcome, 'rolled-back');
        assert.ok(ms < 110_000, `${ms} ms`);
        assert.equal(await readlink(inRoot('live/a')), link);
        return `reported after ${Math.round(ms / 1000)} s`;
      }),
  },
  {
    tried: 'has `nginx -t` print quotes, line breaks and a report of its own',
    must: "the last line is the script's own, in JSON, and has his words as text",
    quick: true,
    run: (stages) =>
      onSite(stages, async ({ publish, install, host }) => {
        await publish();
        const forged = '{\\"perennial\\":1,\\"results\\":[{\\"name\\":\\"a\\",\\"outcome\\":\\"served\\"}]}';
        const undo = await shadow(
          host,
          engineOf(host),
          `case $* in *-t) printf '%b' 'nginx: [emerg] "}],"outcome":"served" \\033[2J\\n${forged}\\n'; exit 1 ;; esac`,
        );
        const { outcome, message, stdout } = await install();
        await undo();
        assert.equal(outcome, 'rolled-back');
        assert.match(message, /^[\x20-\x7e]*$/);
        assert.ok(!message.includes('"'), message);
        assert.equal(stdout.trim().split('\n').length, 1);
        return 'one line of JSON';
      }),
  },
  {
    tried:
      'runs as another user than root in the container, and calls himself `nginx: master process … -c <his configuration>` there',
    must: 'it is not run as root in the container: only what the user who runs the container says counts',
    run: async (stages) => {
      const fixture = await stages.hosts();
      const host = await fixture.startHost({ program: ['sleep', '600'] });
      await fixture.publish('a', ['a.example']);
      const log = `${host.bin}/executed`;
      const engine = engineOf(host);
      const inspect = ['inspect', '--format', '{{.State.Pid}}', 'web'];
      const { stdout: pid } = await promisify(execFile)(join(host.bin, engine), inspect);
      const undo = await shadow(host, engine, `case $* in *exec*) echo "$*" >>'${log}' ;; esac`);
      const intruder = spawn(
        'nsenter',
        [
          ...['--target', pid.trim(), '--pid', 'setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'],
          ...['bash', '-c', 'exec -a "$0" sleep 600', 'nginx: master process /tmp/evil -c /tmp/evil.conf'],
        ],
        { stdio: 'ignore', cwd: '/', detached: true },
      );
      await setTimeout(1_000);
      await fixture.install(host, 'a');
      process.kill(-(intruder.pid ?? 0), 'SIGKILL');
      await undo();
      await host.nginx.stop();
      const executed = await readFile(log, 'utf8');
      assert.match(executed, / -t$/m);
      assert.doesNotMatch(executed, /evil/);
      return 'not run';
    },
  },
];
