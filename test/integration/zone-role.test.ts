import { CreateHostedZoneCommand, Route53Client } from '@aws-sdk/client-route-53';
import { STSClient } from '@aws-sdk/client-sts';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { assumeRole, route53ZonesOf, route53ZonesToRead } from '../../lib/adapters/aws/route53-zones-of.ts';
import type { ZoneRole } from '../../lib/foundation/certificate/zone-role.ts';
import type { RecordSet } from '../../lib/issuance/dns/rules/record-edits.ts';
import { createSts } from '../../local/sts/sts.ts';
import { type LocalRoute53, startLocalRoute53 } from './local-route53.ts';

const ROLE = 'arn:aws:iam::210987654321:role/perennial-dns';
const roles: ZoneRole[] = [
  { name: 'dns', roleArn: ROLE, externalId: 'x-1' },
  { name: 'open', roleArn: `${ROLE}-open` },
];
let local: LocalRoute53;

beforeAll(async () => {
  local = await startLocalRoute53();
  local.gateway.serve(
    'sts',
    createSts((...key) => local.gateway.calls.registerPrincipal(...key)),
  );
  vi.stubEnv('AWS_ENDPOINT_URL', local.gateway.endpoint);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
  await local.createZone('own.test');
  local.gateway.calls.clear();
});
afterEach(() => {
  local.gateway.calls.clear();
  local.gateway.faults.clear();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await local?.stop();
});

const calls = () =>
  local.gateway.calls.calls.map(({ principal, action, status }) => `${principal} ${action} ${status}`);

function refuse(service: string, code: string, status: number): void {
  const body = `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>no</Message></Error></ErrorResponse>`;
  const response = { status, headers: { 'content-type': 'text/xml' }, body };
  local.gateway.faults.add({ service, times: 10, effect: { kind: 'answer', response } });
}

describe('zones of a role', () => {
  it('are asked for with the credentials that STS gave for it, once for all calls', async () => {
    const zonesOf = route53ZonesOf(roles);
    expect(await zonesOf('dns').list()).toEqual([]);
    expect(await zonesOf('dns').list()).toEqual([]);
    expect(calls()).toEqual([
      'test AssumeRole 200',
      `${ROLE} ListHostedZones 200`,
      `${ROLE} ListHostedZones 200`,
    ]);
  });

  it('are read through the role that may do no more, where there is one', async () => {
    const reading = [{ name: 'dns', roleArn: ROLE, readRoleArn: `${ROLE}-read`, externalId: 'x-1' }];
    expect(await route53ZonesToRead(reading)('dns').list()).toEqual([]);
    expect(calls()).toEqual(['test AssumeRole 200', `${ROLE}-read ListHostedZones 200`]);
  });

  it('are not seen by who reads where there is only a role that writes, and it is not assumed', async () => {
    await expect(route53ZonesToRead(roles)('dns').list()).rejects.toMatchObject({
      reason: 'zone-role-unseen',
      message: expect.stringContaining(`${ROLE} is for renew alone; give params.zoneRoles a readRoleArn`),
    });
    expect(calls()).toEqual([]);
  });

  it('are written there', async () => {
    const zoneId = await zoneElsewhere('elsewhere.test');
    const zones = route53ZonesOf(roles)('dns');
    const set: RecordSet = { name: 'a.elsewhere.test', type: 'TXT', ttl: 60, values: ['"x"'] };
    const change = await zones.change(zoneId, [{ action: 'CREATE', set }]);
    expect(await zones.isInSync(change)).toBe(true);
    expect(await zones.read(zoneId, set)).toEqual(set);
    expect(await zones.nameServers(zoneId)).toHaveLength(4);
    expect(
      new Set(local.gateway.calls.matching({ service: 'route53' }).map((call) => call.principal)),
    ).toEqual(new Set([ROLE]));
    expect((await route53ZonesOf(roles)(undefined).list()).map(({ name }) => name)).toEqual(['own.test']);
  });

  it.each(roles)('of $name name the session, and the external id where there is one', async (role) => {
    let asked = new URLSearchParams();
    const when = ({ body }: { body: Buffer }) => {
      asked = new URLSearchParams(body.toString());
      return false;
    };
    local.gateway.faults.add({ service: 'sts', when, effect: { kind: 'drop-before' } });
    await route53ZonesOf(roles)(role.name).list();
    expect(Object.fromEntries(asked)).toMatchObject({
      RoleArn: role.roleArn,
      RoleSessionName: 'perennial-renew',
    });
    expect(asked.get('ExternalId')).toBe(role.externalId ?? null);
  });

  it('that may not be assumed say so in one line with role, ARN and remedy', async () => {
    refuse('sts', 'AccessDenied', 403);
    await expect(route53ZonesOf(roles)('dns').list()).rejects.toMatchObject({
      name: 'ZoneError',
      reason: 'zone-role-denied',
      message: `could not assume zone role dns (${ROLE}): STS denied it; let its trust policy allow sts:AssumeRole to this stack's roles with external id x-1, or mend zoneRoles in settings.yml and deploy`,
    });
    expect(local.gateway.calls.count({ service: 'route53' })).toBe(0);
  });

  it('are asked for again after STS could not answer', async () => {
    const zones = route53ZonesOf(roles)('open');
    refuse('sts', 'ServiceUnavailable', 400);
    await expect(zones.list()).rejects.toMatchObject({
      reason: 'zone-unavailable',
      message: expect.stringContaining(`could not assume zone role open (${ROLE}-open): ServiceUnavailable`),
    });
    local.gateway.faults.clear();
    expect(await zones.list()).toEqual(expect.any(Array));
  });

  it('whose policy denies a call say which policy', async () => {
    refuse('route53', 'AccessDenied', 403);
    await expect(route53ZonesOf(roles)('dns').list()).rejects.toMatchObject({
      reason: 'zone-access-denied',
      message: expect.stringContaining(`let the policy of zone role dns (${ROLE}) allow it`),
    });
  });

  it('that the stack does not list any more say how to go on', async () => {
    await expect(route53ZonesOf(roles)('gone').list()).rejects.toMatchObject({
      reason: 'zone-role-denied',
      message: expect.stringContaining('put it back and deploy'),
    });
  });
});

/** A hosted zone of the role's account; its id. */
async function zoneElsewhere(name: string): Promise<string> {
  const credentials = await assumeRole(new STSClient(), { name: 'test', roleArn: ROLE });
  const route53 = new Route53Client({ credentials });
  const made = await route53.send(new CreateHostedZoneCommand({ Name: name, CallerReference: name }));
  return made.HostedZone?.Id?.replace('/hostedzone/', '') ?? '';
}
