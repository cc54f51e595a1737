import { IAMClient } from '@aws-sdk/client-iam';
import {
  CreateHostedZoneCommand,
  ListResourceRecordSetsCommand,
  Route53Client,
} from '@aws-sdk/client-route-53';
import { STSClient } from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assumeRole } from '../../lib/adapters/aws/route53-zones-of.ts';
import type { Diagnosis } from '../../lib/reporting/doctor/rules/finding.ts';
import type { Plan } from '../../lib/scan/rules/plan.ts';
import { policiesOfRole } from '../../local/iam/deployed-policies.ts';
import { judgeCalls } from '../../local/iam/judge-calls.ts';
import type { Policy } from '../../local/iam/policy.ts';
import { DeployedLine } from './deployed-line.ts';

/** params.zoneRoles of the local stage. */
const ROLE = { name: 'other-account', roleArn: 'arn:aws:iam::210987654321:role/perennial-dns' };

/** What docs/guides/zone-roles.md tells to give it, for example.net. */
const changes = (type: string, names: string[]) => ({
  Effect: 'Allow',
  Action: 'route53:ChangeResourceRecordSets',
  Resource: 'arn:aws:route53:::hostedzone/*',
  Condition: {
    Null: { 'route53:ChangeResourceRecordSetsNormalizedRecordNames': 'false' },
    'ForAllValues:StringEquals': {
      'route53:ChangeResourceRecordSetsRecordTypes': [type],
      'route53:ChangeResourceRecordSetsActions': ['CREATE', 'DELETE'],
    },
    'ForAllValues:StringLike': { 'route53:ChangeResourceRecordSetsNormalizedRecordNames': names },
  },
});
const POLICY: Policy = {
  name: 'readme',
  document: {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 'route53:ListHostedZones', Resource: '*' },
      {
        Effect: 'Allow',
        Action: ['route53:ListResourceRecordSets', 'route53:GetChange'],
        Resource: ['arn:aws:route53:::hostedzone/*', 'arn:aws:route53:::change/*'],
      },
      changes('TXT', ['_acme-challenge.example.net', '_acme-challenge.*.example.net']),
      changes('CAA', ['example.net', '*.example.net']),
    ],
  },
};

const READ_ROLE = `${ROLE.roleArn}-read`;
const READ_POLICY: Policy = {
  name: 'readme-read',
  document: {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Action: 'route53:ListHostedZones', Resource: '*' },
      {
        Effect: 'Allow',
        Action: ['route53:GetHostedZone', 'route53:ListResourceRecordSets'],
        Resource: 'arn:aws:route53:::hostedzone/*',
      },
    ],
  },
};

const FILES = {
  own: { names: ['own.example.com'], profile: 'classic' },
  theirs: { names: ['example.net', '*.example.net'], profile: 'classic', zoneRole: ROLE.name },
};
const person = { region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } };
let line: DeployedLine;
let theirs: Route53Client;
let zoneId: string;

beforeAll(async () => {
  line = await DeployedLine.start({ zones: ['example.com'] });
  const { endpoint } = line.cloud;
  const credentials = await assumeRole(new STSClient({ ...person, endpoint }), ROLE);
  theirs = new Route53Client({ endpoint, region: 'us-east-1', credentials });
  const made = await theirs.send(
    new CreateHostedZoneCommand({ Name: 'example.net', CallerReference: 'theirs' }),
  );
  zoneId = made.HostedZone?.Id?.replace('/hostedzone/', '') ?? '';
  line.cloud.calls.clear();
  for (const [name, file] of Object.entries(FILES)) await line.putAndWait(name, file);
});

afterAll(async () => {
  theirs?.destroy();
  await line?.stop();
});

const diagnose = () => line.invoke<Diagnosis>('doctor');
const troubles = ({ findings }: Diagnosis, name: string) =>
  findings.filter(({ certificate, status }) => certificate === name && status === 'failing');

describe('a certificate whose zone is in another account', () => {
  it('is issued, with its records in that account and cleaned up there', async () => {
    expect(line.outcomes('theirs')).toContainEqual(expect.objectContaining({ outcome: 'renewed' }));
    expect((await line.pointer('theirs'))?.names).toEqual(FILES.theirs.names);
    const { ResourceRecordSets = [] } = await theirs.send(
      new ListResourceRecordSetsCommand({ HostedZoneId: zoneId }),
    );
    expect(ResourceRecordSets.map(({ Type }) => Type).sort()).toEqual(['CAA', 'NS', 'SOA']);
  });

  it('is written through the role that is for renew, and read besides by the role that may only read', () => {
    const inZone = line.cloud.calls
      .matching({ service: 'route53' })
      .filter(({ path }) => path.includes(zoneId));
    expect(inZone.map(({ action }) => action)).toContain('ChangeResourceRecordSets');
    const through = new Map(inZone.map(({ principal, action }) => [action, principal]));
    expect(through.get('ChangeResourceRecordSets')).toBe(ROLE.roleArn);
    for (const { principal } of inZone) expect([ROLE.roleArn, READ_ROLE]).toContain(principal);
  });

  it('does not hold up one of the own account, which needs no role', async () => {
    expect(line.outcomes('own')).toContainEqual(expect.objectContaining({ outcome: 'renewed' }));
  });

  it('is found well by doctor', async () => {
    expect(troubles(await diagnose(), 'theirs')).toEqual([]);
  });

  it('needs no more than the deployed policies, and what docs/guides/zone-roles.md gives the role', async () => {
    const iam = new IAMClient({ ...person, endpoint: line.cloud.endpoint });
    const calls = line.cloud.calls.calls.filter(({ principal }) => principal.includes(':role/'));
    const { refusal, allowed } = await judgeCalls(calls, async (principal) =>
      principal === ROLE.roleArn
        ? [POLICY]
        : principal === READ_ROLE
          ? [READ_POLICY]
          : policiesOfRole(iam, principal),
    );
    expect(refusal).toBeUndefined();
    const assumed = allowed.filter(({ asked }) => asked.action === 'sts:AssumeRole');
    const by = ({ principal, asked }: (typeof assumed)[number]) =>
      `${/-(\w+)Role-/.exec(principal)?.[1]} ${asked.resource}`;
    expect(assumed.map(by).sort()).toEqual([
      `Doctor ${READ_ROLE}`,
      `Renew ${ROLE.roleArn}`,
      `Scan ${READ_ROLE}`,
    ]);
  });
});

describe('a role that cannot be assumed', () => {
  let plan: Plan;
  let diagnosis: Diagnosis;

  beforeAll(async () => {
    const body =
      '<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>not authorized</Message></Error></ErrorResponse>';
    const response = { status: 403, headers: { 'content-type': 'text/xml' }, body };
    line.cloud.faults.add({ service: 'sts', times: 100, effect: { kind: 'answer', response } });
    await line.cloud.coolDown();
    plan = await line.scan({ start: 'force', names: ['own', 'theirs'] });
    diagnosis = await diagnose();
    await line.idle();
  });

  it('rejects its certificates in one line, before the CA is asked, and no others', () => {
    const [own, rejected] = plan.certificates;
    expect(own).toMatchObject({ name: 'own', action: 'renew' });
    expect(rejected).toMatchObject({ name: 'theirs', action: 'reject', reason: 'zone-role-denied' });
    expect(rejected && 'message' in rejected && rejected.message).toMatch(
      /^could not assume zone role other-account \(arn:aws:iam::210987654321:role\/perennial-dns-read\): STS denied it; let its trust policy [^\n]+$/,
    );
    expect(line.outcomes('own').filter(({ outcome }) => outcome === 'renewed')).toHaveLength(2);
    expect(line.outcomes('theirs').filter(({ outcome }) => outcome === 'renewed')).toHaveLength(1);
  });

  it('is found by doctor', () => {
    const [first] = troubles(diagnosis, 'theirs');
    expect(`${first?.seen}; ${first?.remedy}`).toContain('could not assume zone role other-account');
    expect(troubles(diagnosis, 'own')).toEqual([]);
  });
});
