import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { DroppedConnectionError } from '../../../local/gateway/faults.ts';
import { CaProxy } from '../../../local/pebble/ca-proxy.ts';
import { ALWAYS, answered, problem } from '../answers.ts';
import type { Row } from '../row.ts';

const HOUR_MS = 3_600_000;
const TERMS = 'https://ca.example/terms-of-2027';

export const ROWS_14_17: Row[] = [
  {
    number: 14,
    title: 'CA down for days',
    async run(world) {
      const { cloud } = world.line;
      const other = await CaProxy.start(cloud.parts.pebble);
      const patient = await world.subject();
      const flexible = await world.subject();
      for (const subject of [patient, flexible]) subject.failures.push(/^ca-unreachable$/);
      await world.ca.setOutage('refused');
      await world.put(patient);
      await world.put(flexible, { ca: [world.ca.directoryUrl, other.directoryUrl] });
      const waits: number[] = [];
      for (let hours = 0; hours <= 96; hours += 12) {
        await cloud.setFunctionClock({ offsetMs: hours * HOUR_MS, speed: 1 });
        await world.scan();
        waits.push((await world.state(patient))?.failures ?? 0);
      }
      assert.ok((waits.at(-1) ?? 0) >= 4 && (waits.at(-1) ?? 0) <= 9, `failures: ${waits}`);
      const live = await world.line.pointer(flexible.name);
      assert.equal(live?.ca, other.directoryUrl, 'the next CA of the list issued');
      await other.stop();
      return `${waits.at(-1)} tries in four days; the next CA of a list issued`;
    },
  },
  {
    number: 15,
    title: 'CA accepts and never answers',
    async run(world) {
      const subject = await world.subject();
      subject.failures.push(/^ca-timeout$/);
      const run = async () => {
        await sleep(30_000, undefined, { ref: false });
        throw new DroppedConnectionError('never answered');
      };
      world.ca.faults.add({ action: 'newOrder', times: ALWAYS, effect: { kind: 'before', run } });
      await world.withFunction('renew', { speed: 20 }, () => world.put(subject));
      assert.ok(world.ordersOf(subject) <= 3, 'tries');
      return `timed out after ${world.ordersOf(subject)} requests`;
    },
  },
  {
    number: 16,
    title: 'account unknown, deactivated, CA reset',
    async run(world) {
      const known = await world.issued();
      assert.ok(await world.line.pointer(known.name));
      for (const [type, status] of [
        ['accountDoesNotExist', 400],
        ['unauthorized', 403],
      ] as const) {
        const subject = await world.subject();
        const before = world.ca.count('newAccount');
        const refuse = answered(
          problem(type, { status, detail: 'the account is not valid: it was deactivated' }),
        );
        const isOld = () => world.ca.count('newAccount') === before;
        world.ca.faults.add({ action: 'newOrder', when: isOld, times: ALWAYS, effect: refuse });
        await world.put(subject);
        await world.scan();
        assert.ok(world.ca.count('newAccount') > before, `registered again after ${type}`);
        world.clearFaults();
      }
      return 'registered again';
    },
  },
  {
    number: 17,
    title: 'terms changed (userActionRequired)',
    async run(world) {
      const subject = await world.subject();
      subject.failures.push(/^acme-user-action-required$/);
      const headers = { link: `<${TERMS}>;rel="terms-of-service"` };
      const refusal = problem('userActionRequired', { detail: 'the terms of service have changed', headers });
      world.ca.faults.add({ action: 'newOrder', times: ALWAYS, effect: answered(refusal) });
      await world.put(subject);
      await world.scan();
      assert.equal(world.ordersOf(subject), 1, 'asked once');
      const { lastFailure } = (await world.state(subject)) ?? {};
      assert.ok(lastFailure?.message.includes(TERMS), `the message has the address: ${lastFailure?.message}`);
      return 'stopped, told with the address of the terms';
    },
  },
];
