import assert from 'node:assert/strict';
import type { AwsResponse } from '../../../local/gateway/request.ts';
import { heal } from '../../faults/clean-run.ts';
import type { Attack } from '../attack.ts';
import { changed, rewrites } from '../ca-answers.ts';
import { assertNotIssued, failureOf, HOSTILE } from '../stack.ts';

export const CA_ORDERS: readonly Attack[] = [
  {
    tried: 'gives an order with 5,000 authorizations, each to be asked for',
    must: '`ca-answer-malformed`; no more are asked for than the order has names',
    run: (stages) =>
      stages.inStack(async (world) => {
        const subject = await world.subject();
        const many = (given: AwsResponse) =>
          changed(given, ({ authorizations }) => ({
            authorizations: Array.from({ length: 5_000 }, () => (authorizations as string[])[0]),
          }));
        rewrites(world, subject, 'newOrder', many);
        rewrites(world, subject, 'order', many);
        const before = world.ca.requests.length;
        await world.put(subject);
        assert.equal((await failureOf(world, subject)).reason, 'ca-answer-malformed');
        const asked = world.ca.requests
          .slice(before)
          .filter(({ action }) => action === 'authorization').length;
        assert.ok(asked <= 100, `${asked} authorizations asked for`);
        return `${asked} asked for`;
      }),
  },
  {
    tried: 'gives the certificate of another, for another key, a chain that is cut, and HTML',
    must: '`names-mismatch`, `key-mismatch` or `chain-…`; nothing is committed',
    run: (stages) =>
      stages.inStack(async (world) => {
        const other = await world.issued();
        const chain = (await world.line.text(`live/${other.name}/fullchain.pem`)) ?? '';
        const sent: [RegExp, (given: string) => string][] = [
          [/^(names|key)-mismatch$/, () => chain],
          [/^chain-/, (given) => given.slice(0, given.indexOf('-----END') + 60)],
          [/^chain-/, () => HOSTILE],
        ];
        for (const [reason, body] of sent) {
          const subject = await world.subject({ hasCompany: false });
          rewrites(world, subject, 'certificate', (given) => ({
            ...given,
            body: body(given.body.toString()),
          }));
          await world.put(subject);
          assert.match((await failureOf(world, subject)).reason, reason);
          await assertNotIssued(world, subject);
          const again = await world.subject({ hasCompany: false });
          await world.put(again);
          assert.ok(await world.line.pointer(again.name), 'the next certificate is issued');
        }
        return 'none committed';
      }),
  },
  {
    tried: 'gives the same certificate again at a renewal, for the key of before',
    must: '`key-mismatch`; the live version stays',
    run: (stages) =>
      stages.inStack(async (world) => {
        const subject = await world.issued();
        const before = await world.line.pointer(subject.name);
        const chain = (await world.line.text(`live/${subject.name}/fullchain.pem`)) ?? '';
        rewrites(world, subject, 'certificate', (given) => ({ ...given, body: chain }));
        await world.force(subject);
        assert.equal((await failureOf(world, subject)).reason, 'key-mismatch');
        assert.deepEqual(await world.line.pointer(subject.name), before);
        return 'the live one stays';
      }),
  },
  {
    tried: 'keeps an order `processing` for ever',
    must: "given up in the function's time, the order kept; others are issued, and it is resumed when the CA lets go",
    run: (stages) =>
      stages.inStack(async (world) => {
        const subject = await world.subject();
        for (const action of ['order', 'finalize'] as const)
          rewrites(world, subject, action, (given) => changed(given, () => ({ status: 'processing' })));
        await world.withFunction('renew', { speed: 40 }, () => world.put(subject));
        await assertNotIssued(world, subject);
        const polls = world.requestsOf(subject, 'order');
        assert.ok(polls <= 300, `${polls} polls`);
        const other = await world.issued();
        assert.ok(await world.line.pointer(other.name), 'others are issued');
        await heal(world);
        assert.ok(await world.line.pointer(subject.name), 'issued when the CA lets go');
        assert.equal(world.ordersOf(subject), 1, 'orders');
        return `${polls} polls, then resumed`;
      }),
  },
  {
    tried: 'offers a challenge for a name that was not asked for',
    must: 'nothing is written for that name; nothing is issued',
    run: (stages) =>
      stages.inStack(async (world) => {
        const subject = await world.subject();
        const before = await world.line.records('example.com');
        rewrites(world, subject, 'authorization', (given) =>
          changed(given, () => ({ identifier: { type: 'dns', value: 'victim.example.com' } })),
        );
        const since = new Date();
        await world.put(subject);
        await failureOf(world, subject);
        await assertNotIssued(world, subject);
        const written = world.line.cloud.calls
          .matching({ action: 'ChangeResourceRecordSets', since })
          .filter((call) => JSON.stringify(call).includes('victim'));
        assert.deepEqual(written, []);
        const now = await world.line.records('example.com');
        assert.deepEqual(
          Object.keys(now).filter((set) => set.includes('victim')),
          [],
        );
        assert.ok(Object.keys(now).length >= Object.keys(before).length);
        return 'nothing written';
      }),
  },
];
