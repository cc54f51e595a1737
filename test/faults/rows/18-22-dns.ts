import assert from 'node:assert/strict';
import { invalidChangeBatch } from '../../../local/route53/answers.ts';
import { ALWAYS, answered, route53Refusal } from '../answers.ts';
import type { Row } from '../row.ts';

const LAG_MS = 2_500;

export const ROWS_18_22: Row[] = [
  {
    number: 18,
    title: 'challenge invalid (wrong TXT, NXDOMAIN, SERVFAIL)',
    async run(world) {
      const wrong = await world.subject();
      wrong.failures.push(/^challenge-invalid$/);
      const token = Buffer.alloc(32, 7).toString('base64url');
      world.ca.faults.add({
        action: 'authorization',
        times: ALWAYS,
        effect: {
          kind: 'rewrite',
          answer: (given) => {
            const body = given.body.toString().replace(/"token": ?"[^"]+"/g, `"token":"${token}"`);
            return { ...given, body };
          },
        },
      });
      await world.put(wrong);
      for (let scans = 0; scans < 6; scans += 1) await world.scan();
      assert.ok(world.requestsOf(wrong, 'challenge') <= 5, 'failed authorizations in an hour');
      assert.equal((await world.state(wrong))?.lastFailure?.reason, 'challenge-invalid');
      world.clearFaults();
      for (const rcode of ['NXDOMAIN', 'SERVFAIL'] as const) {
        const silent = await world.subject();
        const name = `_acme-challenge.${silent.names[0]}`;
        world.line.cloud.parts.dns.fail(name, rcode);
        await world.withFunction('renew', { speed: 40 }, () => world.put(silent));
        world.line.cloud.parts.dns.fail(name, undefined);
        silent.failures.push(/^(dns-|wait-limit-reached)/);
        assert.equal(world.requestsOf(silent, 'challenge'), 0, `no challenge answered with ${rcode}`);
      }
      return 'counted, cleaned, backed off';
    },
  },
  {
    number: 19,
    title: 'change never INSYNC',
    async run(world) {
      const subject = await world.subject();
      subject.failures.push(/^wait-limit-reached$/);
      world.line.cloud.setPropagation(Number.POSITIVE_INFINITY);
      await world.withFunction('renew', { speed: 40 }, () => world.put(subject));
      world.line.cloud.setPropagation(0);
      assert.equal(world.requestsOf(subject, 'challenge'), 0, 'no challenge answered');
      return 'given up within 5 minutes of its clock, no challenge answered';
    },
  },
  {
    number: 20,
    title: 'INSYNC but one authoritative server still old',
    async run(world) {
      const { dns } = world.line.cloud.parts;
      dns.holdBack(2, LAG_MS);
      const since = new Date();
      const subject = await world.issued();
      dns.holdBack(2, 0);
      const [change] = world.line.cloud.calls.matching({
        action: 'ChangeResourceRecordSets',
        since,
        principal: /Renew/i,
      });
      const challenge = world.ca.requests.find(
        ({ action, names }) => action === 'challenge' && names.includes(subject.names[0] ?? ''),
      );
      const waited = (challenge?.at.getTime() ?? 0) - (change?.at.getTime() ?? 0);
      assert.ok(waited >= LAG_MS, `answered the challenge after ${waited} ms`);
      return `answered after ${waited} ms, the server lags by ${LAG_MS} ms`;
    },
  },
  {
    number: 21,
    title: 'Throttling, PriorRequestNotComplete',
    async run(world) {
      const since = new Date();
      for (const code of ['Throttling', 'PriorRequestNotComplete']) {
        const effect = answered(route53Refusal(400, code, 'Rate exceeded'));
        world.line.cloud.faults.add({ action: 'ChangeResourceRecordSets', times: 3, effect });
      }
      const subject = await world.subject({ hasCompany: false });
      await world.put(subject);
      assert.ok(await world.line.pointer(subject.name), 'issued');
      const { length } = world.line.cloud.calls
        .matching({ action: 'ChangeResourceRecordSets', since, principal: /Renew/i })
        .filter(({ status }) => status === 200);
      assert.equal(length, 3, 'changes made: TXT, CAA and the clean-up, each in one piece');
      return '6 refusals waited out';
    },
  },
  {
    number: 22,
    title: 'one bad name in a batch, zone deleted',
    async run(world) {
      const good = [await world.subject(), await world.subject()];
      const bad = await world.subject({ hasCompany: false });
      bad.failures.push(/^record-refused$/);
      const record = `_acme-challenge.${bad.name}.example.com.`;
      const complaint = `Tried to create resource record set [name='${record}', type='TXT'] but it is not permitted`;
      const refusal = answered(invalidChangeBatch([complaint]));
      world.line.cloud.faults.add({
        action: 'ChangeResourceRecordSets',
        when: ({ body }) => body.includes(record.slice(0, -1)),
        times: ALWAYS,
        effect: refusal,
      });
      const gone = await world.subject({ names: ['gone-22.example.net'], hasCompany: false });
      gone.failures.push(/^zone-/);
      world.line.cloud.faults.add({
        action: 'ChangeResourceRecordSets',
        when: (_, { resource }) => world.line.zoneId('example.net').endsWith(resource),
        times: ALWAYS,
        effect: answered(route53Refusal(404, 'NoSuchHostedZone', 'No hosted zone found')),
      });
      await world.putTogether([...good, bad, gone]);
      for (const { name } of good)
        assert.ok(
          await world.line.pointer(name),
          `${name} went on: ${world.line.outcomes(name).map(({ message }) => message)}`,
        );
      assert.deepEqual(
        [await world.line.pointer(bad.name), await world.line.pointer(gone.name)],
        [undefined, undefined],
      );
      return 'those dropped out, the others went on';
    },
  },
];
