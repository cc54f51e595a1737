import assert from 'node:assert/strict';
import { jsonError } from '../../../local/gateway/answers.ts';
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
];
