import assert from 'node:assert/strict';
import type { AwsResponse } from '../../../local/gateway/request.ts';
import { onObject } from '../answers.ts';
import { gate } from '../gate.ts';
import type { Row } from '../row.ts';

const lostEvent: AwsResponse = {
  status: 200,
  headers: { 'content-type': 'application/x-amz-json-1.1' },
  body: JSON.stringify({ FailedEntryCount: 0, Entries: [{ EventId: 'lost' }] }),
};

export const ROWS_05_09: Row[] = [
  {
    number: 5,
    title: 'two workers, one certificate, the same instant',
    async run(world) {
      const subject = await world.subject();
      const claim = onObject(new RegExp(`/pending/${subject.name}`), 'PutObject');
      world.line.cloud.faults.add({ ...claim, times: 2, effect: { kind: 'delay', ms: 1500 } });
      await world.backDoor.renewAtOnce([subject, subject]);
      await world.line.idle();
      const reasons = world.line.outcomes(subject.name).map(({ outcome, reason }) => `${outcome} ${reason}`);
      assert.deepEqual(reasons.sort(), ['left claimed-elsewhere', 'renewed never-issued']);
      assert.equal(world.ordersOf(subject), 1);
      return 'one renewed, the other left without touching the CA';
    },
  },
  {
    number: 6,
    title: 'a worker paused past its lease wakes up',
    async run(world) {
      const subject = await world.subject();
      const [pointer, reached] = [gate(), gate()];
      const run = async () => {
        reached.open();
        await pointer.opened;
      };
      const atPointer = onObject(new RegExp(`/live/${subject.name}.json`), 'PutObject');
      world.line.cloud.faults.add({ ...atPointer, effect: { kind: 'before', run } });
      await world.backDoor.renewAtOnce([subject]);
      await reached.opened;
      world.expireLeases();
      await world.backDoor.renewAtOnce([subject]);
      await world.until(() => world.line.outcomes(subject.name).length > 0, 'the second worker has ended');
      const live = await world.line.pointer(subject.name);
      pointer.open();
      await world.line.idle();
      assert.deepEqual(await world.line.pointer(subject.name), live, 'the pointer stays');
      const outcomes = world.line.outcomes(subject.name).map(({ outcome, reason }) => `${outcome} ${reason}`);
      // What the first worker archived is all that the second needs.
      assert.deepEqual(outcomes, ['mended pointer-lost', 'left claimed-elsewhere']);
      return 'the new owner moves the pointer, the old one cannot';
    },
  },
  {
    number: 8,
    title: 'messages duplicated, reordered, lost',
    async run(world) {
      const first = await world.subject();
      await world.backDoor.renewAtOnce([first, first, first]);
      await world.line.idle();
      const lost = await world.subject();
      world.line.cloud.faults.add({ action: 'PutEvents', effect: { kind: 'answer', response: lostEvent } });
      await world.put(lost);
      assert.equal(await world.line.pointer(lost.name), undefined, 'the message was lost');
      const late = world.backDoor.renewAtOnce([first]);
      await world.scan();
      await late;
      await world.line.idle();
      for (const subject of world.subjects) assert.equal((await world.certificatesOf(subject)).length, 1);
      return 'no extra issuance, healed by the next scan';
    },
  },
  {
    number: 9,
    title: 'function out of time in the middle of a wait',
    async run(world) {
      const subject = await world.subject();
      world.line.cloud.setPropagation(Number.POSITIVE_INFINITY);
      await world.withFunction('renew', { timeoutSeconds: 120, speed: 20 }, async () => {
        await world.put(subject);
      });
      world.line.cloud.setPropagation(0);
      assert.equal(world.line.outcomes(subject.name).at(-1)?.reason, 'out-of-time');
      assert.equal(world.requestsOf(subject, 'challenge'), 0, 'no challenge answered');
      return 'stopped in time, resumed with its order';
    },
    async after(world) {
      for (const subject of world.subjects) assert.equal(world.ordersOf(subject), 1, 'orders');
    },
  },
];
