import assert from 'node:assert/strict';
import type { AwsResponse } from '../../../local/gateway/request.ts';
import { ALWAYS, answered, plain, problem } from '../../faults/answers.ts';
import type { Attack } from '../attack.ts';
import { changed, withTrap } from '../ca-answers.ts';
import {
  assertCleanPage,
  assertNotIssued,
  assertPrintable,
  assertToldPrintably,
  failureOf,
  HOSTILE,
} from '../stack.ts';

const WEEK_MS = 7 * 86_400_000;

export const CA_ANSWERS: readonly Attack[] = [
  {
    tried: 'refuses with words that have line breaks, markup, a cursor to move, and a command to run',
    must: 'one printable line in state, log and events, escaped on the page',
    run: (stages) =>
      stages.inStack(async (world) => {
        const subject = await world.subject();
        world.ca.faults.add({
          action: 'newOrder',
          times: ALWAYS,
          effect: answered(problem('rejectedIdentifier', { detail: HOSTILE })),
        });
        await world.put(subject);
        const { reason, message } = await failureOf(world, subject);
        assert.equal(reason, 'acme-rejected-identifier');
        assertPrintable(message, 'the message');
        assertToldPrintably(world);
        await assertCleanPage(world);
        return 'one printable line';
      }),
  },
  {
    tried: 'calls its problem `constructor`, `__proto__`, or a type of 100,000 characters',
    must: 'a reason of a bounded length, told as any other',
    run: (stages) =>
      stages.inStack(async (world) => {
        for (const type of ['constructor', '__proto__', 'x'.repeat(100_000)]) {
          const subject = await world.subject({ hasCompany: false });
          world.ca.faults.add({
            action: 'newOrder',
            times: ALWAYS,
            effect: answered(problem(type, { detail: '' })),
          });
          await world.put(subject);
          const { reason } = await failureOf(world, subject);
          assert.match(reason, /^acme-[a-z0-9-]{1,64}$/);
          await assertNotIssued(world, subject);
          world.clearFaults();
          for (const key of await world.line.keys('limits/')) await world.line.remove(key);
        }
        assertToldPrintably(world);
        return 'told';
      }),
  },
  {
    tried: 'answers 10 MB where an order is asked for',
    must: 'cut at 1 MB: `ca-answer-malformed`; the function goes on',
    run: (stages) =>
      stages.inStack(async (world) => {
        const subject = await world.subject();
        world.ca.faults.add({
          action: 'newOrder',
          times: ALWAYS,
          effect: answered(plain(200, 'x'.repeat(10_000_000))),
        });
        await world.put(subject);
        assert.equal((await failureOf(world, subject)).reason, 'ca-answer-malformed');
        return 'cut';
      }),
  },
  {
    tried: 'asks to be asked again in 30 years',
    must: 'a week at most is waited for',
    run: (stages) =>
      stages.inStack(async (world) => {
        const subject = await world.subject();
        const headers = { 'retry-after': String(30 * 365 * 86_400) };
        world.ca.faults.add({
          action: 'newOrder',
          times: ALWAYS,
          effect: answered(problem('rateLimited', { status: 429, headers })),
        });
        await world.put(subject);
        const until = Date.parse((await world.state(subject))?.notBefore ?? '');
        assert.ok(until - Date.now() <= WEEK_MS, `until ${new Date(until).toISOString()}`);
        return `until ${new Date(until).toISOString().slice(0, 10)}`;
      }),
  },
  {
    tried: 'refuses every nonce',
    must: '61 tries of a request, as a CA that is busy may refuse many; then remembered',
    run: (stages) =>
      stages.inStack(async (world) => {
        const subject = await world.subject();
        world.ca.faults.add({
          action: 'newOrder',
          times: ALWAYS,
          effect: answered(problem('badNonce', { status: 400 })),
        });
        await world.put(subject);
        const orders = world.ordersOf(subject);
        assert.ok(orders > 0 && orders <= 61, `${orders} tries`);
        await failureOf(world, subject);
        return `${orders} tries`;
      }),
  },
  {
    tried: 'redirects to a server that only the functions reach',
    must: 'no redirect is followed: `ca-answer-malformed`',
    run: (stages) =>
      stages.inStack((world) =>
        withTrap(async (trap, asked) => {
          for (const action of ['directory', 'newOrder'] as const) {
            const subject = await world.subject({ hasCompany: false });
            const to = { status: 307, headers: { location: `${trap}/inner` }, body: '' };
            world.ca.faults.add({ action, times: ALWAYS, effect: answered(to) });
            await world.put(subject);
            assert.equal((await failureOf(world, subject)).reason, 'ca-answer-malformed', action);
            world.clearFaults();
          }
          assert.equal(asked(), 0);
          return '2 not followed';
        }),
      ),
  },
  {
    tried: 'has its directory name addresses of his: over http, of the metadata service, with a user',
    must: 'nothing is sent there: `ca-answer-malformed`',
    run: (stages) =>
      stages.inStack((world) =>
        withTrap(async (trap, asked) => {
          for (const address of [
            `${trap}/order`,
            'https://169.254.169.254/latest',
            'https://user:pw@127.0.0.1/order',
          ]) {
            const subject = await world.subject({ hasCompany: false });
            const answer = (given: AwsResponse) => changed(given, () => ({ newOrder: address }));
            world.ca.faults.add({ action: 'directory', times: ALWAYS, effect: { kind: 'rewrite', answer } });
            await world.put(subject);
            assert.equal((await failureOf(world, subject)).reason, 'ca-answer-malformed', address);
            world.clearFaults();
          }
          assert.equal(asked(), 0);
          return '3 not asked';
        }),
      ),
  },
  {
    tried: 'calls itself for CAA by a name with parameters, as of another account',
    must: '`ca-answer-malformed`; no CAA is written',
    run: (stages) =>
      stages.inStack(async (world) => {
        const subject = await world.subject({ hasCompany: false });
        const meta = { caaIdentities: ['ca.test; accounturi=https://evil.example/1'] };
        const answer = (given: AwsResponse) => changed(given, () => ({ meta }));
        world.ca.faults.add({ action: 'directory', times: ALWAYS, effect: { kind: 'rewrite', answer } });
        await world.put(subject);
        const records = await world.line.records('example.com');
        assert.doesNotMatch(JSON.stringify(records), /evil\.example/);
        await assertNotIssued(world, subject);
        return 'none written';
      }),
  },
];
