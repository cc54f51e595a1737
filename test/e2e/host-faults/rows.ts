import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { jsonError } from '../../../local/gateway/answers.ts';
import { engineOf, shadow } from '../../integration/host-faults/shadow.ts';
import type { Fleet } from './fleet.ts';

/** One fault between the stack and its hosts. `run` injects it while `lineage` is first deployed, heals it, and throws where an invariant is broken. */
export interface FleetFault {
  row: number;
  fault: string;
  /** a lineage of its own, which the fleet has to be started with */
  lineage: string;
  run(fleet: Fleet): Promise<void>;
}

const ALL = [true, true, true];
const NONE = [false, false, false];
const throttled = jsonError('ThrottlingException', 'Rate exceeded');
const send = { service: 'ssm', action: 'SendCommand' };

/** The certificate is committed whatever its deployment comes to; the next check, with nothing in its way, brings it everywhere. */
async function assertRedelivered(fleet: Fleet, lineage: string): Promise<void> {
  await fleet.hourlyCheck();
  assert.deepEqual(await fleet.serving(lineage), ALL);
}

export const fleetFaults: FleetFault[] = [
  {
    row: 34,
    fault: 'SendCommand throttled for a moment is tried again at once',
    lineage: 'throttled-once',
    async run(fleet) {
      const remove = fleet.line.cloud.faults.add({
        ...send,
        times: 2,
        effect: { kind: 'answer', response: throttled },
      });
      await fleet.order('throttled-once');
      assert.equal(remove(), 2);
      assert.deepEqual(await fleet.serving('throttled-once'), ALL);
    },
  },
  {
    row: 34,
    fault: 'SendCommand throttled for long is left to the next check',
    lineage: 'throttled',
    async run(fleet) {
      const remove = fleet.line.cloud.faults.add({
        ...send,
        times: 10_000,
        effect: { kind: 'answer', response: throttled },
      });
      await fleet.order('throttled');
      assert.ok(remove() >= 2);
      assert.deepEqual(await fleet.serving('throttled'), NONE);
      await assertRedelivered(fleet, 'throttled');
    },
  },
  {
    row: 34,
    fault: 'no host carries the tag',
    lineage: 'no-target',
    async run(fleet) {
      const since = fleet.line.printed.length;
      for (const host of fleet.hosts) host.tags['perennial-group'] = 'retired';
      await fleet.order('no-target');
      for (const host of fleet.hosts) host.tags['perennial-group'] = 'web';
      assert.ok(fleet.wasLogged('no-hosts', since));
      assert.deepEqual(await fleet.serving('no-target'), NONE);
      await assertRedelivered(fleet, 'no-target');
    },
  },
  {
    row: 34,
    fault: 'a host is offline: the others go on',
    lineage: 'offline',
    async run(fleet) {
      const [, second] = fleet.hosts;
      second.online = false;
      await fleet.order('offline');
      assert.deepEqual(await fleet.serving('offline'), [true, false, true]);
      second.online = true;
      await assertRedelivered(fleet, 'offline');
    },
  },
  {
    row: 34,
    fault: 'a host goes offline before the command reaches it: delivery timed out',
    lineage: 'undelivered',
    async run(fleet) {
      const [canary] = fleet.hosts;
      const remove = fleet.line.cloud.faults.add({
        ...send,
        when: () => {
          canary.online = false;
          return true;
        },
        effect: { kind: 'delay', ms: 0 },
      });
      await fleet.order('undelivered');
      remove();
      assert.deepEqual(await fleet.reported(canary, 'undelivered'), {
        outcome: 'failed',
        reason: 'ssm-delivery-timed-out',
      });
      canary.online = true;
      await assertRedelivered(fleet, 'undelivered');
    },
  },
  {
    row: 35,
    fault: 'one of three hosts fails nginx -t: it goes back, the wave stops, and that is told',
    lineage: 'one-broken',
    async run(fleet) {
      const [canary, second, third] = fleet.hosts;
      const repair = await second.nginx.writeConfiguration('nonsense;');
      await fleet.order('one-broken');
      assert.equal((await fleet.reported(canary, 'one-broken')).outcome, 'served');
      assert.deepEqual(await fleet.reported(second, 'one-broken'), {
        outcome: 'rolled-back',
        reason: 'nginx-test-failed',
      });
      assert.notEqual((await fleet.reported(third, 'one-broken')).outcome, 'served');
      assert.deepEqual(await fleet.serving('one-broken'), [true, false, false]);
      await repair();
      await assertRedelivered(fleet, 'one-broken');
    },
  },
  {
    row: 39,
    fault: 'a container is absent: the new files stay, and the next check has them served',
    lineage: 'container-gone',
    async run(fleet) {
      const [, , third] = fleet.hosts;
      const bringBack = await shadow(
        third,
        engineOf(third),
        'echo "Error: no such container web" >&2; exit 125',
      );
      await fleet.order('container-gone');
      assert.deepEqual(await fleet.reported(third, 'container-gone'), {
        outcome: 'failed',
        reason: 'container-not-found',
      });
      assert.deepEqual(await fleet.serving('container-gone'), [true, true, false]);
      await bringBack();
      await assertRedelivered(fleet, 'container-gone');
    },
  },
  {
    row: 40,
    fault: 'renewed again while the canary installs: every host ends on the newest',
    lineage: 'renewed-twice',
    async run(fleet) {
      const [canary] = fleet.hosts;
      const [reached, goOn] = [join(canary.bin, 'reached'), join(canary.bin, 'go-on')];
      const release = await shadow(
        canary,
        engineOf(canary),
        `case $* in *-t) : >'${reached}'; until [ -e '${goOn}' ]; do sleep 0.05; done ;; esac`,
      );
      const ordered = fleet.order('renewed-twice');
      while (!existsSync(reached)) await sleep(20);
      const first = await fleet.line.pointer('renewed-twice');
      await fleet.line.scan({ start: 'force', names: ['renewed-twice'] });
      while ((await fleet.line.pointer('renewed-twice'))?.version === first?.version) await sleep(50);
      await writeFile(goOn, '');
      await ordered;
      await release();
      assert.deepEqual(await fleet.serving('renewed-twice'), ALL);
    },
  },
];
