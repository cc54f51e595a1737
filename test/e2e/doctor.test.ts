import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53';
import { ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Diagnosis, Finding } from '../../lib/reporting/doctor/rules/finding.ts';
import { DeployedLine } from './deployed-line.ts';

const HOST = 'i-0000000000000d0c7';
let line: DeployedLine;

const CNAME = (from: string, to: string): ResourceRecordSet => ({
  Name: from,
  Type: 'CNAME',
  TTL: 60,
  ResourceRecords: [{ Value: to }],
});

/** What is wrong in example.com besides the files. */
const RECORDS: ResourceRecordSet[] = [
  {
    Name: 'sub.example.com',
    Type: 'NS',
    TTL: 60,
    ResourceRecords: [{ Value: 'ns1.provider.test' }, { Value: 'ns2.provider.test' }],
  },
  CNAME('_acme-challenge.loop.example.com', '_acme-challenge.pool.example.com'),
  CNAME('_acme-challenge.pool.example.com', '_acme-challenge.loop.example.com'),
  CNAME('_acme-challenge.away.example.com', 'proofs.example.com'),
  {
    Name: '_acme-challenge.multi.example.com',
    Type: 'TXT',
    TTL: 60,
    SetIdentifier: 'one',
    MultiValueAnswer: true,
    ResourceRecords: [{ Value: '"somebody else\'s"' }],
  },
  { Name: 'caa.example.com', Type: 'CAA', TTL: 60, ResourceRecords: [{ Value: '0 issue "other-ca.test"' }] },
];

const FILES: Record<string, unknown> = {
  healthy: { names: ['healthy.example.com', '*.healthy.example.com'], profile: 'classic' },
  broken: '{ "names": [',
  outside: { names: ['www.example.org'] },
  zoneless: { names: ['zoneless.example.net'] },
  private: { names: ['a.internal.example.net'] },
  delegated: { names: ['www.sub.example.com'] },
  loop: { names: ['loop.example.com'] },
  away: { names: ['away.example.com'] },
  multi: { names: ['multi.example.com'] },
  caa: { names: ['caa.example.com'], caa: { mode: 'check' } },
  standing: { names: ['standing.example.com'], challenge: 'dns-persist-01', caa: { mode: 'off' } },
  early: { names: ['early.example.com'], profile: 'shortlived', renewBeforeDays: 60 },
  served: { names: ['served.example.com'], hosts: ['web'], profile: 'classic' },
};

beforeAll(async () => {
  line = await DeployedLine.start({ zones: ['example.com'], deliveryLimitMs: 500 });
  await line.route53.send(
    new CreateHostedZoneCommand({
      Name: 'internal.example.net',
      CallerReference: 'internal',
      HostedZoneConfig: { PrivateZone: true },
      VPC: { VPCRegion: 'us-east-1', VPCId: 'vpc-0123456789abcdef0' },
    }),
  );
  await line.route53.send(
    new ChangeResourceRecordSetsCommand({
      HostedZoneId: line.zoneId('example.com'),
      ChangeBatch: { Changes: RECORDS.map((ResourceRecordSet) => ({ Action: 'CREATE', ResourceRecordSet })) },
    }),
  );
  for (const [name, file] of Object.entries(FILES)) await line.put(`renewal/${name}.json`, file);
  await line.idle();
});

afterAll(() => line?.stop());

/** `npm run doctor`, with what it prints and its exit status. */
async function runDoctor(...args: string[]): Promise<{ status: number; printed: string }> {
  return line.run(process.execPath, ['cli/main.ts', 'doctor', ...args]).then(
    (printed) => ({ status: 0, printed }),
    ({ code, stdout, stderr }) => ({ status: code, printed: `${stdout}${stderr}` }),
  );
}

/** All but the judgement, which says in a word what the others say. */
const troublesOf = ({ findings }: Diagnosis, certificate: string): Finding[] =>
  findings.filter(
    (finding) => finding.certificate === certificate && finding.status !== 'ok' && finding.check !== 'health',
  );
const healthOf = ({ findings }: Diagnosis, certificate: string): string | undefined =>
  findings.find((finding) => finding.certificate === certificate && finding.check === 'health')?.seen;

describe('doctor', () => {
  let diagnosis: Diagnosis;
  beforeAll(async () => {
    diagnosis = await line.invoke<Diagnosis>('doctor');
  });

  it.each([
    ['broken', 'file', 'failing', 'renewal/broken.json: is not JSON', 'upload it again'],
    ['outside', 'domains', 'failing', 'www.example.org', 'add "www.example.org" to domains in settings.yml'],
    ['zoneless', 'zone', 'failing', 'no public hosted zone', 'create one'],
    ['private', 'zone', 'failing', 'only in the private hosted zone internal.example.net', 'public one'],
    [
      'delegated',
      'sub-zone',
      'failing',
      'sub.example.com is delegated to ns1.provider.test',
      'hosted zone for',
    ],
    ['loop', 'challenge-name', 'failing', '_acme-challenge.pool.example.com -> ', 'remove the CNAME'],
    ['away', 'challenge-name', 'failing', 'proofs.example.com', 'to challengeTargets in settings.yml'],
    ['multi', 'challenge-name', 'failing', 'multivalue', 'simple record'],
    [
      'caa',
      'caa',
      'failing',
      '0 issue "other-ca.test" at caa.example.com',
      'add 0 issue "pebble.letsencrypt.org"',
    ],
    [
      'standing',
      'standing-record',
      'failing',
      '_validation-persist.standing.example.com: nothing stands there',
      'put this TXT there: "pebble.letsencrypt.org; accounturi=https://',
    ],
    ['early', 'schedule', 'failing', 'renewBeforeDays is 60', 'set renewBeforeDays to 2 or less'],
    [
      'served',
      'hosts',
      'failing',
      'no host in us-east-1 carries the tag perennial-group=web',
      'tag the hosts',
    ],
  ])('finds %s: %s is %s', (name, check, status, seen, remedy) => {
    expect(troublesOf(diagnosis, name)).toContainEqual({
      certificate: name,
      check,
      status,
      seen: expect.stringContaining(seen),
      remedy: expect.stringContaining(remedy),
    });
  });

  it('finds one thing wrong with each certificate that has one fault', () => {
    for (const name of Object.keys(FILES).filter((name) => !['healthy', 'outside'].includes(name)))
      expect(troublesOf(diagnosis, name), name).toHaveLength(1);
  });

  it('judges each in a word', () => {
    expect(healthOf(diagnosis, 'served')).toMatch(/^no-hosts: /);
    expect(healthOf(diagnosis, 'zoneless')).toMatch(/^rejected: /);
  });

  it('calls a healthy certificate well in every check', () => {
    const own = diagnosis.findings.filter(({ certificate }) => certificate === 'healthy');
    expect(own.map(({ status }) => status)).toEqual(own.map(() => 'ok'));
    expect(own.map(({ check }) => check)).toEqual([
      'file',
      'domains',
      'health',
      'zone',
      'delegation',
      'sub-zone',
      'challenge-name',
      'dnssec',
      'caa',
      'account',
      'profile',
      'schedule',
      'hosts',
    ]);
  });

  it('says each thing in one line, and counts them', () => {
    for (const { seen, remedy } of diagnosis.findings)
      expect(`${seen}; ${remedy}`).toMatch(/^[^\n]{1,1000}$/);
    const { ok, warning, failing } = diagnosis.counts;
    expect(ok + warning + failing).toBe(diagnosis.findings.length);
    expect(diagnosis.certificates).toBe(Object.keys(FILES).length);
  });

  it('is content with the standing record that it asked for', async () => {
    const [finding] = troublesOf(diagnosis, 'standing');
    const [Value = ''] = /".*"$/.exec(finding?.remedy ?? '') ?? [];
    const ResourceRecordSet: ResourceRecordSet = {
      Name: '_validation-persist.standing.example.com',
      Type: 'TXT',
      TTL: 60,
      ResourceRecords: [{ Value }],
    };
    await line.route53.send(
      new ChangeResourceRecordSetsCommand({
        HostedZoneId: line.zoneId('example.com'),
        ChangeBatch: { Changes: [{ Action: 'CREATE', ResourceRecordSet }] },
      }),
    );
    expect(troublesOf(await line.invoke<Diagnosis>('doctor', { names: ['standing'] }), 'standing')).toEqual(
      [],
    );
  });

  it('finds a zone that was created again without telling the registrar', async () => {
    await line.createZone('example.net');
    line.cloud.parts.dns.delegate('example.net', ['ns-1.awsdns-01.com', 'ns-2.awsdns-02.net']);
    const again = await line.invoke<Diagnosis>('doctor', { names: ['zoneless'] });
    expect(troublesOf(again, 'zoneless')).toContainEqual({
      certificate: 'zoneless',
      check: 'delegation',
      status: 'failing',
      seen: expect.stringContaining('name servers that do not answer for it (ESERVFAIL)'),
      remedy: expect.stringMatching(/^set ns-\d+\.awsdns-\d+\.\S+, .* at the registrar/),
    });
  });

  it('finds a zone whose name servers are those of another zone', async () => {
    await line.route53.send(new CreateHostedZoneCommand({ Name: 'example.net', CallerReference: 'second' }));
    const again = await line.invoke<Diagnosis>('doctor', { names: ['zoneless'] });
    expect(troublesOf(again, 'zoneless')[0]).toMatchObject({
      check: 'zone',
      status: 'failing',
      seen: expect.stringContaining('example.net has 2 public hosted zones'),
    });
    line.cloud.parts.dns.delegate('example.net', undefined);
    expect(troublesOf(await line.invoke<Diagnosis>('doctor', { names: ['zoneless'] }), 'zoneless')).toEqual(
      [],
    );
  });

  it('finds an instance with the tag that Systems Manager does not manage', async () => {
    const instanceId = await runInstance({ 'perennial-group': 'web' });
    const [trouble, ...others] = troublesOf(
      await line.invoke<Diagnosis>('doctor', { names: ['served'] }),
      'served',
    );
    expect(others).toEqual([]);
    expect(trouble).toMatchObject({
      check: 'hosts',
      seen: `${instanceId} in us-east-1 carries the tag perennial-group=web, and Systems Manager does not manage it`,
      remedy: expect.stringContaining('AmazonSSMManagedInstanceCore'),
    });
  });

  it('finds a host that is offline, whose agent is old, and that is behind', async () => {
    const host = await line.cloud.hosts.start({
      id: HOST,
      tags: { 'perennial-group': 'web' },
      online: false,
    });
    host.agentVersion = '3.2.1798.0';
    expect(troublesOf(await line.invoke<Diagnosis>('doctor', { names: ['served'] }), 'served')).toMatchObject(
      [
        { check: 'hosts', status: 'failing', seen: expect.stringContaining(`offline in group web: ${HOST}`) },
        { check: 'agent', status: 'failing', seen: expect.stringContaining(`${HOST} has 3.2.1798.0`) },
        { check: 'served', status: 'failing', seen: expect.stringContaining('never reported') },
      ],
    );
  });

  it('finds a container that is not there, and is content when all is well again', async () => {
    const host = line.cloud.hosts.get(HOST);
    if (!host) throw new Error('no host');
    Object.assign(host, { online: true, agentVersion: '3.3.2746.0' });
    const { version } = (await line.pointer('served')) ?? {};
    const report = (lineage: object) =>
      line.put(`hosts/${HOST}.json`, {
        instanceId: HOST,
        group: 'web',
        lineages: { served: { at: new Date().toISOString(), commandId: 'c', ...lineage } },
      });
    await report({ outcome: 'failed', reason: 'container-not-found', message: 'no container web' });
    expect(troublesOf(await line.invoke<Diagnosis>('doctor', { names: ['served'] }), 'served')).toMatchObject(
      [
        { check: 'container', status: 'failing', seen: expect.stringContaining('container-not-found') },
        { check: 'served', status: 'failing', seen: expect.stringContaining(`live is ${version}`) },
      ],
    );
    await report({ outcome: 'served', version });
    expect(troublesOf(await line.invoke<Diagnosis>('doctor', { names: ['served'] }), 'served')).toEqual([]);
  });

  it('changes nothing', async () => {
    const before = await everything();
    const since = new Date();
    await line.invoke<Diagnosis>('doctor', { names: '*' });
    await line.idle();
    expect(await everything()).toEqual(before);
    const asked = line.cloud.calls.matching({ principal: /doctor/i, since });
    expect([...new Set(asked.map(({ service, action }) => `${service} ${action}`))].sort()).toEqual([
      'route53 GetHostedZone',
      'route53 ListHostedZones',
      'route53 ListResourceRecordSets',
      's3 GetObject',
      's3 ListObjects',
      'sns ListSubscriptionsByTopic',
      'ssm DescribeInstanceInformation',
    ]);
    expect(asked.filter(({ status }) => status >= 400 && status !== 404)).toEqual([]);
  });
});

/** Every object version and every record. */
async function everything() {
  const { Versions = [], DeleteMarkers = [] } = await line.s3.send(
    new ListObjectVersionsCommand({ Bucket: line.bucket }),
  );
  return {
    versions: [...Versions, ...DeleteMarkers].map(({ Key, VersionId }) => `${Key} ${VersionId}`),
    records: await Promise.all(['example.com', 'example.net'].map((zone) => line.records(zone))),
  };
}

describe('npm run doctor', () => {
  it('shows what is wrong with what to do, and ends with 1', async () => {
    const { status, printed } = await runDoctor('caa', 'healthy');
    expect(status).toBe(1);
    expect(printed).toMatch(/caa +│ caa +│ .*failing/);
    expect(printed).toMatch(/healthy +│ all +│ .*ok/);
    expect(printed).toContain('doctor: 2 certificates, ');
  });

  it('ends with 0 where nothing is failing, and gives JSON', async () => {
    const { status, printed } = await runDoctor('healthy', '--json');
    expect(status).toBe(0);
    expect(JSON.parse(printed)).toMatchObject({ certificates: 1, counts: { warning: 0, failing: 0 } });
  });

  it('says in one line that there is no such stack', async () => {
    const { status, printed } = await runDoctor('--stage', 'nowhere');
    expect(status).toBe(2);
    expect(printed).toMatch(/^doctor: there is no stack perennial-nowhere in us-east-1; say [^\n]+\n$/);
  });

  it('passes on what the function refuses, in one line', async () => {
    const { status, printed } = await runDoctor('../x');
    expect(status).toBe(2);
    expect(printed).toMatch(/^doctor: perennial-local-doctor failed: event: names[^\n]+\n$/);
  });
});

/** Starts an EC2 instance with these tags, and returns its id. */
async function runInstance(tags: Record<string, string>): Promise<string> {
  const asked = {
    Action: 'RunInstances',
    Version: '2016-11-15',
    ImageId: 'ami-12c6146b',
    MinCount: '1',
    MaxCount: '1',
  };
  const body = new URLSearchParams({ ...asked, 'TagSpecification.1.ResourceType': 'instance' });
  for (const [index, [key, value]] of Object.entries(tags).entries()) {
    body.set(`TagSpecification.1.Tag.${index + 1}.Key`, key);
    body.set(`TagSpecification.1.Tag.${index + 1}.Value`, value);
  }
  const authorization = 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/ec2/aws4_request';
  const answer = await fetch(line.cloud.parts.aws.motoUrl, {
    method: 'POST',
    headers: { authorization },
    body,
  });
  const text = await answer.text();
  const [, id] = /<instanceId>(i-[0-9a-f]+)</.exec(text) ?? [];
  if (id === undefined) throw new Error(text);
  return id;
}
