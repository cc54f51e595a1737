import assert from 'node:assert/strict';
import { ALWAYS, answered, plain, problem } from '../answers.ts';
import type { Row } from '../row.ts';
import type { Subject } from '../subject.ts';
import type { World } from '../world.ts';

const HOUR_MS = 3_600_000;

/** Puts the file of a certificate and waits until the failure is remembered with this reason. */
async function fails(world: World, reason: RegExp, more: object = {}): Promise<Subject> {
  const subject = await world.subject();
  await world.put(subject, more);
  subject.failures.push(reason);
  assert.match((await world.state(subject))?.lastFailure?.reason ?? 'nothing', reason);
  return subject;
}

async function waitsFor(world: World, subject: Subject, hours: number): Promise<void> {
  const { notBefore = '' } = (await world.state(subject)) ?? {};
  const wait = Date.parse(notBefore) - Date.now();
  assert.ok(wait > (hours - 0.1) * HOUR_MS && wait < (hours + 0.1) * HOUR_MS, `tried again at ${notBefore}`);
}

export const ROWS_10_13: Row[] = [
  {
    number: 10,
    title: 'badNonce on 5, 50, 90 % of requests',
    async run(world) {
      const asked: number[] = [];
      for (const share of [0.05, 0.5, 0.9]) {
        const before = world.ca.requests.length;
        world.ca.faults.add({
          when: ({ method }) => method === 'POST' && world.random() < share,
          times: ALWAYS,
          effect: answered(problem('badNonce', { status: 400 })),
        });
        const subject = await world.subject();
        await world.put(subject);
        world.clearFaults();
        assert.ok(await world.line.pointer(subject.name), `${share} of nonces refused`);
        asked.push(world.ca.requests.length - before);
      }
      return `${asked.join(', ')} requests`;
    },
  },
  {
    number: 11,
    title: '429 with Retry-After of 2 h, as seconds and as a date',
    async run(world) {
      const date = new Date(Date.now() + 2 * HOUR_MS).toUTCString();
      for (const retryAfter of ['7200', date]) {
        const detail =
          'too many certificates (5) already issued for this exact set of identifiers in the last 168h';
        const refusal = problem('rateLimited', {
          status: 429,
          detail,
          headers: { 'retry-after': retryAfter },
        });
        const limited = await world.subject();
        world.ca.faults.add({
          action: 'newOrder',
          when: (request) => world.ca.subjects.of(request).some((name) => limited.names.includes(name)),
          times: ALWAYS,
          effect: answered(refusal),
        });
        limited.failures.push(/^acme-rate-limited$/);
        const other = await world.subject();
        await world.put(limited);
        await world.put(other);
        assert.ok(await world.line.pointer(other.name), 'the other one goes on');
        await waitsFor(world, limited, 2);
        assert.equal(world.ordersOf(limited), 1, 'asked once');
      }
      return 'remembered for 2 h, others went on';
    },
  },
  {
    number: 12,
    title: '503 on new-nonce or anything',
    async run(world) {
      const passing = await world.subject();
      world.ca.faults.add({ action: 'newNonce', times: 2, effect: answered(plain(503)) });
      world.ca.faults.add({ action: 'newOrder', times: 2, effect: answered(plain(503)) });
      await world.put(passing);
      assert.ok(await world.line.pointer(passing.name), 'two refusals are waited out');
      world.clearFaults();
      world.ca.faults.add({ action: 'newOrder', times: ALWAYS, effect: answered(plain(503)) });
      const lasting = await fails(world, /^ca-unavailable$/);
      assert.equal(world.ordersOf(lasting), 3, 'tries');
      return 'two waited out, then 3 tries and remembered';
    },
  },
  {
    number: 13,
    title: "500, connection reset, TLS error, CA's name not resolving",
    async run(world) {
      const internal = problem('serverInternal', { status: 500 });
      for (const effect of [answered(internal), { kind: 'drop-before' as const }]) {
        world.ca.faults.add({ action: 'newOrder', times: ALWAYS, effect });
        const subject = await fails(world, /^(acme-server-internal|ca-unreachable)$/);
        assert.ok(world.ordersOf(subject) <= 3, 'tries');
        world.clearFaults();
      }
      await world.ca.setOutage('not-tls');
      await fails(world, /^ca-unreachable$/);
      await world.ca.setOutage(undefined);
      const unknown = await fails(world, /^ca-unreachable$/, { ca: 'https://ca.invalid/directory' });
      await world.backDoor.quiet(`renewal/${unknown.name}.json`, {
        names: unknown.names,
        profile: 'classic',
      });
      return 'at most 3 tries each, remembered';
    },
  },
];
