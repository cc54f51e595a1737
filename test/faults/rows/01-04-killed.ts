import assert from 'node:assert/strict';
import { DroppedConnectionError } from '../../../local/gateway/faults.ts';
import type { AwsResponse } from '../../../local/gateway/request.ts';
import { armKill, type KillPoint, killPoint } from '../kill-points.ts';
import { killEverywhere, summary } from '../kill-runs.ts';
import type { Row } from '../row.ts';
import type { Subject } from '../subject.ts';
import type { World } from '../world.ts';

/** One renewal is killed there, and its message comes again. */
async function killedAt(world: World, point: KillPoint): Promise<Subject> {
  const subject = await world.subject();
  const wasKilled = armKill(world, point, { subject, delayMs: world.random() * 20, hasCompany: true });
  await world.backDoor.renewAtOnce([subject]);
  await world.line.idle();
  assert.ok(wasKilled(), 'the process was killed');
  return subject;
}

async function requireOneOrder(world: World): Promise<void> {
  for (const subject of world.subjects) {
    assert.equal(world.ordersOf(subject), 1, 'orders');
    assert.equal((await world.certificatesOf(subject)).length, 1, 'certificates');
  }
}

const beforePointer: KillPoint = {
  ...killPoint('commit', 'after'),
  side: 'before',
  at: 'before',
};

/** The second time the CA answers with the order that it made the first time, as Boulder does. */
function sameOrderAgain(): (given: AwsResponse) => AwsResponse {
  let first: AwsResponse | undefined;
  return (given) => {
    if (first === undefined) {
      first = given;
      throw new DroppedConnectionError('the answer to newOrder is lost');
    }
    const { location = '' } = first.headers;
    return { ...given, body: first.body, headers: { ...given.headers, location } };
  };
}

export const ROWS_01_04: Row[] = [
  {
    number: 1,
    title: 'SIGKILL before and after each of the ten phases',
    async run(world) {
      const counts = await killEverywhere(world, world.killRuns);
      const { text, wrong } = summary(counts);
      assert.equal(wrong, 0, text);
      return text;
    },
  },
  {
    number: 2,
    title: 'killed between finalize sent and its answer',
    async run(world) {
      await killedAt(world, killPoint('finalize', 'after'));
      return 'resumed with the saved key';
    },
    after: requireOneOrder,
  },
  {
    number: 3,
    title: 'killed between archive and pointer',
    async run(world) {
      await killedAt(world, beforePointer);
      return 'the pointer moved without a new order';
    },
    after: requireOneOrder,
  },
  {
    number: 4,
    title: 'answer to newOrder lost, or to challenge, finalize, certificate',
    async run(world) {
      const forgetful = await world.subject();
      world.ca.faults.add({ action: 'newOrder', effect: { kind: 'drop-after' } });
      await world.put(forgetful);
      world.clearFaults();
      const returning = await world.subject();
      world.ca.faults.add({
        action: 'newOrder',
        times: 2,
        effect: { kind: 'rewrite', answer: sameOrderAgain() },
      });
      await world.put(returning);
      for (const action of ['challenge', 'finalize', 'certificate'] as const) {
        world.ca.faults.add({ action, effect: { kind: 'drop-after' } });
        await world.put(await world.subject());
        world.clearFaults();
      }
      for (const subject of world.subjects) assert.equal((await world.certificatesOf(subject)).length, 1);
      return 'one certificate, whether the CA gives the order again or not, and whichever later answer is lost';
    },
  },
];
