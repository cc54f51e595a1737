import assert from 'node:assert/strict';
import type { AwsResponse } from '../../../local/gateway/request.ts';
import { type Put, whileThere } from '../../suite/while-there.ts';
import { ALWAYS, problem } from '../answers.ts';
import type { Row } from '../row.ts';
import type { Subject } from '../subject.ts';
import type { World } from '../world.ts';

const HOUR_MS = 3_600_000;
/** Where challenge names may lead (params.challengeTargets of the local stack). */
const TARGET = 'proofs.example.net';
const CA = 'pebble.letsencrypt.org';

/** The CA's answers about orders of this certificate are changed, while they are JSON of an order. */
function rewriteOrders(
  world: World,
  { names }: Subject,
  change: (order: { status: string }) => { body?: object; headers?: Record<string, string> },
): void {
  world.ca.faults.add({
    action: 'order',
    times: ALWAYS,
    when: (request) => world.ca.subjects.of(request).some((name) => names.includes(name)),
    effect: {
      kind: 'rewrite',
      answer: (given): AwsResponse => {
        const order = JSON.parse(given.body.toString());
        const { body = {}, headers = {} } = change(order);
        return {
          ...given,
          headers: { ...given.headers, ...headers },
          body: JSON.stringify({ ...order, ...body }),
        };
      },
    },
  });
}

async function messageOf(world: World, subject: Subject): Promise<string> {
  return (await world.state(subject))?.lastFailure?.message ?? '';
}

export const ROWS_44_48: Row[] = [
  {
    number: 44,
    title: 'a wildcard CNAME at the names of proof and CAA',
    run: (world) =>
      whileThere(
        world,
        [{ zone: 'example.net', name: '*.row44.example.net', type: 'CNAME', values: ['lb.example.com'] }],
        async () => {
          const subject = await world.subject({
            names: ['row44.example.net', '*.row44.example.net'],
            hasCompany: false,
          });
          await world.put(subject, { caa: { mode: 'check' } });
          assert.ok(await world.line.pointer(subject.name), 'proved at the name itself');
          return 'proved at the name itself';
        },
      ),
  },
  {
    number: 45,
    title: "CAA that binds our CA to somebody else's account, and one for nobody",
    async run(world) {
      const bound = await world.subject();
      const theirs = `0 issue "${CA}; accounturi=https://ca.test/acct/1; validationmethods=dns-01"`;
      const closed = await world.subject();
      closed.failures.push(/^caa-forbids$/);
      const at = (subject: Subject, value: string): Put => ({
        zone: 'example.com',
        name: subject.names[0] ?? '',
        type: 'CAA',
        values: [value],
      });
      await world.line.addRecord('example.com', {
        Name: bound.names[0] ?? '',
        Type: 'CAA',
        values: [theirs],
      });
      await world.put(bound);
      assert.ok(await world.line.pointer(bound.name), 'issued beside the bound value');
      const published = world.line.cloud.parts.route53.published
        .zones()
        .flatMap((zone) => [...zone.recordSets().values()]);
      const set = published.find(({ name, type }) => type === 'CAA' && name === `${bound.names[0]}.`);
      const values = set?.values ?? [];
      assert.ok(values.includes(theirs), 'their value stays');
      assert.ok(
        values.every((value) => value.includes('accounturi=')),
        `nothing unbound: ${values}`,
      );
      await whileThere(world, [at(closed, '0 issue ";"')], async () => {
        await world.put(closed);
        assert.match(await messageOf(world, closed), /set 0 issue "pebble/);
        assert.equal(world.ordersOf(closed), 0, 'orders');
        return '';
      });
      return 'bound as tightly, or refused with the line to set';
    },
  },
  {
    number: 46,
    title: "challenge names that all lead to one record set, which others' values nearly fill",
    async run(world) {
      const subjects: Subject[] = [];
      const aliases: Put[] = [];
      for (const label of ['a', 'b', 'c']) {
        const names = Array.from({ length: 25 }, (_, index) => `${label}${index}.row46.example.com`);
        subjects.push(await world.subject({ names, hasCompany: false }));
        for (const name of names)
          aliases.push({
            zone: 'example.com',
            name: `_acme-challenge.${name}`,
            type: 'CNAME',
            values: [TARGET],
          });
      }
      const theirs = Array.from({ length: 300 }, (_, index) => `"${String(index).padStart(43, '0')}"`);
      const full: Put = { zone: 'example.net', name: TARGET, type: 'TXT', values: theirs };
      return whileThere(world, [full, ...aliases], async () => {
        await world.putTogether(subjects);
        for (const subject of subjects) {
          assert.ok(await world.line.pointer(subject.name), `${subject.name} came to its turn`);
          assert.equal(await world.state(subject), undefined, 'nothing is remembered as failed');
        }
        return '75 proofs beside 300 values, in turns of one run';
      });
    },
  },
  {
    number: 47,
    title: 'an order that ends with problems of several names; a Retry-After of 6 h',
    async run(world) {
      const ended = await world.subject();
      ended.failures.push(/^acme-caa$/);
      const type = 'urn:ietf:params:acme:error:caa';
      const subproblems = ['one', 'two'].map((label) => ({
        type,
        detail: `CAA of ${label} prevents issuance`,
        identifier: { type: 'dns', value: `${label}.example.com` },
      }));
      rewriteOrders(world, ended, () => ({
        body: {
          status: 'invalid',
          error: { type: 'urn:ietf:params:acme:error:compound', detail: 'no', subproblems },
        },
      }));
      await world.put(ended);
      assert.match(
        await messageOf(world, ended),
        /one\.example\.com: CAA of one .*two\.example\.com: CAA of two/,
      );
      const late = await world.subject();
      late.failures.push(/^ca-asks-to-wait$/);
      rewriteOrders(world, late, () => ({
        body: { status: 'pending' },
        headers: { 'retry-after': '21600' },
      }));
      await world.put(late);
      const { notBefore = '' } = (await world.state(late)) ?? {};
      const hours = (Date.parse(notBefore) - Date.now()) / HOUR_MS;
      assert.ok(hours > 5.9 && hours < 6.1, `tried again at ${notBefore}`);
      assert.equal(world.requestsOf(late, 'order'), 1, 'one look');
      return 'every problem told and remembered; asked again when the CA said';
    },
    async after(world) {
      const [, late] = world.subjects;
      assert.equal(late && world.ordersOf(late), 1, 'orders of the late one');
    },
  },
  {
    number: 48,
    title: '409 conflict for a challenge that the CA works on',
    async run(world) {
      const subject = await world.subject();
      const conflict = problem('conflict', { status: 409 });
      const told = world.ca.faults.add({
        action: 'challenge',
        times: ALWAYS,
        effect: {
          kind: 'rewrite',
          answer: ({ headers }) => ({ ...conflict, headers: { ...headers, ...conflict.headers } }),
        },
      });
      await world.put(subject);
      assert.ok(told() > 0, 'the CA said conflict');
      assert.ok(await world.line.pointer(subject.name), 'polled on');
      assert.equal(await world.state(subject), undefined, 'nothing is remembered as failed');
      return 'taken as under way, polled on';
    },
  },
];
