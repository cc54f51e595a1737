import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DeployedLine } from './deployed-line.ts';

let line: DeployedLine;

beforeAll(async () => {
  line = await DeployedLine.start({ zones: ['example.com', 'example.net'] });
});

afterAll(() => line?.stop());

const value = (Name: string, Type: 'NS' | 'CNAME', ...values: string[]): ResourceRecordSet => ({
  Name,
  Type,
  TTL: 60,
  ResourceRecords: values.map((Value) => ({ Value })),
});

async function create(zone: string, ...sets: ResourceRecordSet[]): Promise<void> {
  const Changes = sets.map((ResourceRecordSet) => ({ Action: 'CREATE' as const, ResourceRecordSet }));
  await line.route53.send(
    new ChangeResourceRecordSetsCommand({ HostedZoneId: line.zoneId(zone), ChangeBatch: { Changes } }),
  );
}

/** Puts a renewal file for one name, and tells how its renewal ended. */
async function renew(name: string, more: object = {}) {
  await line.putAndWait(name, { names: [name], profile: 'classic', ...more });
  return line.outcomes(name).at(-1);
}

const orders = () => line.cloud.caRequests(/^POST \/order-plz/);

describe('a challenge name that is a CNAME', () => {
  it('is proved where it leads, in the other zone, and nothing stays there', async () => {
    await create('example.com', value('_acme-challenge.aliased.example.com', 'CNAME', 'proofs.example.net'));
    expect(await renew('aliased.example.com')).toMatchObject({ outcome: 'renewed' });
    expect(await line.records('example.net')).toEqual({});
  });

  it('of a wildcard only is no hindrance: the proof is written at the name itself', async () => {
    await create('example.net', value('*.wild.example.net', 'CNAME', 'lb.example.com'));
    const file = { names: ['wild.example.net', '*.wild.example.net'], caa: { mode: 'off' } };
    expect(await renew('wild.example.net', file)).toMatchObject({ outcome: 'renewed' });
    expect(await line.records('example.net')).toEqual({});
  });

  it('to a name that the stack may not write is refused with the line to add', async () => {
    await create('example.com', value('_acme-challenge.away.example.com', 'CNAME', 'elsewhere.example.net'));
    expect(await renew('away.example.com')).toMatchObject({
      action: 'reject',
      reason: 'outside-challenge-targets',
      message: expect.stringContaining('add "elsewhere.example.net" to challengeTargets in settings.yml'),
    });
  });

  it('in a loop is refused', async () => {
    await create(
      'example.com',
      value('_acme-challenge.loop.example.com', 'CNAME', '_acme-challenge.pool.example.com'),
      value('_acme-challenge.pool.example.com', 'CNAME', '_acme-challenge.loop.example.com'),
    );
    const outcome = await renew('loop.example.com');
    expect(outcome).toMatchObject({
      action: 'reject',
      message: expect.stringContaining('_acme-challenge.loop.example.com'),
    });
    expect(outcome?.message).toMatch(/^[^\n]+$/);
  });
});

describe('a name whose zone is not the one that the world asks', () => {
  it('below a delegation is refused before the CA is asked', async () => {
    await create('example.com', value('sub.example.com', 'NS', 'ns1.provider.test', 'ns2.provider.test'));
    const before = await orders();
    expect(await renew('www.sub.example.com')).toMatchObject({
      outcome: 'failed',
      reason: 'delegated-elsewhere',
      message: expect.stringContaining('sub.example.com is delegated to ns1.provider.test'),
    });
    expect(await orders()).toBe(before);
  });

  it('of two zones of one name is proved in the one that the public DNS names', async () => {
    await line.route53.send(
      new CreateHostedZoneCommand({ Name: 'example.com', CallerReference: 'a second one' }),
    );
    expect(await renew('twice.example.com')).toMatchObject({ outcome: 'renewed' });
    line.cloud.parts.dns.delegate('example.com', ['ns1.registrar.test', 'ns2.registrar.test']);
    expect(await renew('lost.example.com')).toMatchObject({
      outcome: 'failed',
      message: expect.stringContaining('example.com has 2 public hosted zones'),
    });
    line.cloud.parts.dns.delegate('example.com', undefined);
  });
});

describe('a record that is in the way', () => {
  it('with a routing policy at the challenge name is refused before the CA is asked, naming record and zone', async () => {
    const Name = '_acme-challenge.multi.example.com';
    const policy = { SetIdentifier: 'one', MultiValueAnswer: true };
    await create('example.com', {
      Name,
      Type: 'TXT',
      TTL: 60,
      ...policy,
      ResourceRecords: [{ Value: '"theirs"' }],
    });
    const before = await orders();
    const outcome = await renew('multi.example.com');
    expect(await orders()).toBe(before);
    expect(outcome).toMatchObject({
      outcome: 'failed',
      reason: 'record-not-simple',
      message: expect.stringContaining(Name),
    });
    expect(await line.records('example.com')).toMatchObject({ [`TXT ${Name}.`]: ['"theirs"'] });
  });
});

describe('CAA values that somebody removed', () => {
  it('are shown by the plan, and put back by the weekly sweep without a new certificate', async () => {
    await renew('drift.example.net');
    const before = await line.pointer('drift.example.net');
    const [ours] = before?.caa ?? [];
    const set = {
      Name: 'drift.example.net',
      Type: 'CAA' as const,
      TTL: 300,
      ResourceRecords: ours?.values.map((Value) => ({ Value })),
    };
    await line.route53.send(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId: line.zoneId('example.net'),
        ChangeBatch: { Changes: [{ Action: 'DELETE', ResourceRecordSet: set }] },
      }),
    );
    const plan = await line.scan({ start: 'plan' });
    expect(plan.certificates.find(({ name }) => name === 'drift.example.net')).toMatchObject({
      action: 'mend',
      reason: 'caa-drifted',
      caa: { edits: [{ at: 'drift.example.net', add: ours?.values, governs: ['drift.example.net'] }] },
    });
    await line.cloud.fireSchedule((expression) => expression.startsWith('cron'));
    await line.idle();
    expect((await line.records('example.net'))['CAA drift.example.net.']).toEqual(ours?.values);
    expect(await line.pointer('drift.example.net')).toEqual(before);
  });
});

describe('Route 53 that is busy', () => {
  it('is waited for: throttled and prior-request answers cost time and nothing else', async () => {
    const answer = (code: string) => ({
      status: 400,
      headers: { 'content-type': 'text/xml' },
      body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>Rate exceeded</Message></Error></ErrorResponse>`,
    });
    for (const code of ['Throttling', 'PriorRequestNotComplete']) {
      const response = answer(code);
      line.cloud.faults.add({
        service: 'route53',
        action: 'ChangeResourceRecordSets',
        times: 2,
        effect: { kind: 'answer', response },
      });
    }
    expect(await renew('busy.example.net')).toMatchObject({ outcome: 'renewed' });
    line.cloud.faults.clear();
    expect(Object.keys(await line.records('example.net')).filter((key) => key.startsWith('TXT'))).toEqual([]);
  });
});
