import assert from 'node:assert/strict';
import type { AwsResponse } from '../../../local/gateway/request.ts';
import { ALWAYS, answered, plain, problem } from '../answers.ts';
import type { Row } from '../row.ts';
import type { Subject } from '../subject.ts';
import type { World } from '../world.ts';

const DAY_MS = 86_400_000;
const PER_RUN = 2;

const windowOf = (start: string, end: string): AwsResponse => ({
  status: 200,
  headers: { 'content-type': 'application/json', 'retry-after': '21600' },
  body: JSON.stringify({ suggestedWindow: { start, end } }),
});
const PAST = windowOf('2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z');

/** What the CA says of renewal, and whether that makes it due. */
const ADVICE: [what: string, answer: AwsResponse, isDue: boolean][] = [
  ['past', PAST, true],
  ['far', windowOf('2100-01-01T00:00:00Z', '2100-01-02T00:00:00Z'), false],
  ['malformed', { ...PAST, body: '{"suggestedWindow":' }, false],
  ['404', plain(404), false],
  ['500', problem('serverInternal', { status: 500 }), false],
  ['10 MB', { ...PAST, body: JSON.stringify({ filler: 'x'.repeat(10_000_000) }) }, false],
];

async function advise(world: World, subject: Subject, answer: AwsResponse): Promise<void> {
  const { certId = '' } = (await world.line.pointer(subject.name)) ?? {};
  world.ca.faults.add({
    action: 'renewalInfo',
    when: ({ path }) => path.endsWith(`/${certId}`),
    times: ALWAYS,
    effect: answered(answer),
  });
}

/** What the CA sends for a certificate instead of what it issued. */
async function sent(world: World, subject: Subject, body: (given: string) => string): Promise<void> {
  world.ca.faults.add({
    action: 'certificate',
    when: (request) => world.ca.subjects.of(request).some((name) => subject.names.includes(name)),
    times: ALWAYS,
    effect: { kind: 'rewrite', answer: (given) => ({ ...given, body: body(given.body.toString()) }) },
  });
}

export const ROWS_30_33: Row[] = [
  {
    number: 30,
    title: 'ARI window past, far, malformed, 404, 5xx, 10 MB',
    async run(world) {
      for (const [what, answer, isDue] of ADVICE) {
        const subject = await world.issued();
        const before = await world.line.pointer(subject.name);
        assert.ok(before, 'issued');
        await advise(world, subject, answer);
        if (isDue) subject.renewals += 1;
        await world.scan();
        const after = await world.line.pointer(subject.name);
        assert.equal(after?.version !== before.version, isDue, `window ${what}`);
      }
      for (const subject of world.subjects) subject.renewals += 1;
      const before = await Promise.all(world.subjects.map(({ name }) => world.line.pointer(name)));
      await world.line.cloud.setFunctionClock({ offsetMs: 76 * DAY_MS, speed: 1 });
      await world.scan();
      const after = await Promise.all(world.subjects.map(({ name }) => world.line.pointer(name)));
      for (const [index, pointer] of after.entries())
        assert.notEqual(pointer?.version, before[index]?.version, 'renewed by its age');
      return 'past: renewed; the others: by age, never blocked';
    },
  },
  {
    number: 31,
    title: 'alreadyReplaced',
    async run(world) {
      const subject = await world.issued();
      const refusal = problem('alreadyReplaced', { status: 409 });
      world.ca.faults.add({
        action: 'newOrder',
        when: ({ body }) =>
          Buffer.from(JSON.parse(body.toString()).payload, 'base64url').includes('"replaces"'),
        times: ALWAYS,
        effect: answered(refusal),
      });
      const before = world.ordersOf(subject);
      await world.force(subject);
      assert.equal(world.ordersOf(subject) - before, 2, 'one order with replaces, one without');
      assert.equal((await world.certificatesOf(subject)).length, 2);
      return 'ordered again without replaces, once';
    },
  },
  {
    number: 32,
    title: 'ARI pulls every window to the past at once',
    async run(world) {
      for (let index = 0; index < 3 * PER_RUN; index += 1) await world.issued();
      for (const subject of world.subjects) await advise(world, subject, PAST);
      const before = await Promise.all(world.subjects.map(({ name }) => world.line.pointer(name)));
      const due = before.sort((a, b) => ((a?.notAfter ?? '') < (b?.notAfter ?? '') ? -1 : 1));
      const drained: string[][] = [];
      await world.withFunction('scan', { environment: { ORDERS_PER_RUN: String(PER_RUN) } }, async () => {
        for (let run = 0; run < 3; run += 1) {
          const plan = await world.scan();
          drained.push(plan.batches.flatMap(({ certificates }) => certificates.map(({ name }) => name)));
        }
      });
      for (const subject of world.subjects) subject.renewals += 1;
      world.clearFaults();
      assert.deepEqual(
        drained.map(({ length }) => length),
        [PER_RUN, PER_RUN, PER_RUN],
      );
      const names = due.flatMap(
        (pointer) => pointer?.names.map((name) => name.replace('.example.com', '')) ?? [],
      );
      assert.deepEqual(drained.flat(), names, 'soonest expiry first');
      return `${PER_RUN} a run, soonest expiry first`;
    },
  },
  {
    number: 33,
    title: 'truncated chain, HTML for PEM, certificate for other names or key',
    async run(world) {
      const other = await world.issued();
      const otherChain = (await world.line.text(`live/${other.name}/fullchain.pem`)) ?? '';
      const cases: [RegExp, (given: string) => string][] = [
        [/^chain-/, (given) => given.slice(0, given.indexOf('-----END') + 60)],
        [/^chain-/, () => '<html>maintenance</html>'],
        [/^(names|key)-mismatch$/, () => otherChain],
      ];
      for (const [reason, body] of cases) {
        const subject = await world.subject();
        await sent(world, subject, body);
        await world.put(subject);
        subject.failures.push(reason);
        // The certificate of another key is another's: its order is not resumed.
        if (body('') === otherChain) subject.renewals += 1;
        assert.equal(await world.line.pointer(subject.name), undefined, 'not committed');
      }
      const subject = await world.issued();
      const before = await world.line.pointer(subject.name);
      const chain = (await world.line.text(`live/${subject.name}/fullchain.pem`)) ?? '';
      await sent(world, subject, () => chain);
      await world.force(subject);
      subject.renewals += 1;
      subject.failures.push(/^key-mismatch$/);
      assert.deepEqual(await world.line.pointer(subject.name), before, 'not committed');
      return 'not committed; the order resumed unless it is for another key';
    },
  },
];
