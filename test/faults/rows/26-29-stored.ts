import assert from 'node:assert/strict';
import { ALWAYS, answered, onObject, s3Refusal } from '../answers.ts';
import type { Row } from '../row.ts';

const DAY_MS = 86_400_000;

export const ROWS_26_29: Row[] = [
  {
    number: 26,
    title: 'S3 409, 412, 503, answer lost after PUT',
    async run(world) {
      const subject = await world.subject();
      const { faults } = world.line.cloud;
      const { name } = subject;
      const archived = onObject(new RegExp(`/archive/${name}/`), 'PutObject');
      const claim = onObject(new RegExp(`/pending/${name}`), 'PutObject');
      const conflict = answered(s3Refusal(409, 'ConditionalRequestConflict'));
      faults.add({ ...claim, nth: 2, effect: { kind: 'drop-after' } });
      faults.add({ ...archived, nth: 1, times: 2, effect: answered(s3Refusal(503, 'SlowDown')) });
      faults.add({
        ...onObject(new RegExp(`/live/${name}.json`), 'PutObject'),
        effect: { kind: 'drop-after' },
      });
      await world.put(subject);
      assert.ok(await world.line.pointer(name), 'answers lost and 503 are resolved');
      world.clearFaults();
      const second = await world.subject();
      const again = onObject(new RegExp(`/pending/${second.name}`), 'PutObject');
      faults.add({ ...again, nth: 1, effect: conflict });
      await world.put(second);
      return 'retried, read again, resolved by comparing';
    },
  },
  {
    number: 27,
    title: 'KMS or S3 access denied',
    async run(world) {
      const denied = 'User is not authorized to perform: kms:GenerateDataKey on this resource';
      const subject = await world.subject();
      subject.failures.push(/^store-access-denied$/);
      const effect = answered(s3Refusal(403, 'AccessDenied', denied));
      const claim = onObject(new RegExp(`/(pending|archive|live)/${subject.name}`), 'PutObject');
      world.line.cloud.faults.add({ ...claim, times: ALWAYS, effect });
      await world.put(subject);
      assert.equal(world.ordersOf(subject), 0, 'orders');
      const { message = '' } = (await world.state(subject))?.lastFailure ?? {};
      assert.match(message, /kms:GenerateDataKey|role/, 'says which permission');
      return 'failed before ordering, told with the permission';
    },
  },
  {
    number: 28,
    title: 'corrupt or hand-edited state, pointer, archive',
    async run(world) {
      const subject = await world.issued();
      const live = await world.line.pointer(subject.name);
      await world.line.put(`state/${subject.name}.json`, '{ "failures": ');
      await world.line.put(`live/${subject.name}.json`, 'not a pointer');
      await world.line.idle();
      await world.scan();
      await world.scan({ start: 'weekly-sweep' });
      const rebuilt = await world.line.pointer(subject.name).catch(() => undefined);
      assert.equal(rebuilt?.serial, live?.serial, 'rebuilt from the archive');
      const told = world.evidence.facts.filter(({ type }) => type === 'Object Set Aside');
      assert.ok(told.length > 0, 'told');
      return 'set aside, rebuilt, told';
    },
  },
  {
    number: 29,
    title: 'clock off by an hour, a day; notBefore in the future',
    async run(world) {
      for (const offsetMs of [DAY_MS / 24, DAY_MS, -DAY_MS]) {
        await world.line.cloud.setFunctionClock({ offsetMs, speed: 1 });
        const subject = await world.subject();
        await world.put(subject);
        const live = await world.line.pointer(subject.name);
        if (offsetMs > 0) assert.ok(live, `issued with a clock that is ${offsetMs / 3_600_000} h fast`);
        else {
          assert.equal(live, undefined, 'not committed before it is valid');
          subject.failures.push(/^not-yet-valid$/);
        }
      }
      return 'not committed before it is valid';
    },
  },
];
