import { createRequire } from 'node:module';
import { describe, expect, it, test } from 'vitest';
import { isAllowed } from '../../local/iam/policy.ts';
import { type Resources, resolve } from '../../local/iam/template-policies.ts';
import { REGIONS } from '../../tools/check/package-stack.ts';

const require = createRequire(import.meta.url);
const bucketPolicy = require('../../resources/bucket-policy.cjs');
const associations = require('../../resources/associations.cjs');
const elsewhere = require('../../resources/elsewhere.cjs');

const WEB = 'arn:aws:iam::210987654321:role/web-hosts';
const OWN = 'arn:aws:iam::123456789012:role/web-hosts';
const KEY = 'archive/shop/20261120T184502Z-3f9a2c/privkey.pem';

const variables = (values: Record<string, unknown>) => ({
  resolveVariable: async (name: string) => values[name.replace(/, null$/, '')] ?? null,
});

const HOST_ROLES = JSON.stringify({ web: [WEB, OWN], '*': ['arn:aws:iam::210987654321:role/backup'] });

/** The packaged bucket policy with hosts of two accounts listed for a group. */
async function policy(hostRoles = HOST_ROLES): Promise<unknown> {
  const made = await bucketPolicy(variables({ 'self:custom.params.hostRoles': hostRoles }));
  const roles = ['RenewRole', 'RevokeRole', 'AccountRole', 'AcmRole', 'ChatRole'];
  const resources: Resources = {
    ...made.Resources,
    Bucket: { Type: 'AWS::S3::Bucket' },
    ...Object.fromEntries(roles.map((role) => [role, { Type: 'AWS::IAM::Role' }])),
  };
  return resolve(resources, made.Resources.BucketPolicy.Properties.PolicyDocument);
}

async function mayRead(principal: string, key: string, groups?: string, hostRoles = HOST_ROLES) {
  const statement = { Effect: 'Allow', Action: 's3:GetObject', Resource: 'arn:aws:s3:::Bucket/*' };
  const own = [{ name: 'own', document: { Version: '2012-10-17', Statement: [statement] } }];
  const context = groups === undefined ? {} : { 's3:ExistingObjectTag/perennial-groups': groups };
  const asked = { action: 's3:GetObject', resource: `arn:aws:s3:::Bucket/${key}`, context };
  return isAllowed(own, asked, { principal, bucketPolicy: await policy(hostRoles) });
}

describe('the role of a host in another account that hostRoles lists', () => {
  it.each<[boolean, string, string?]>([
    [true, KEY, ':web:'],
    [true, 'live/shop.json', ':db:web:'],
    [true, 'groups/web.json'],
    [false, KEY, ':db:'],
    [false, 'live/shop.json', ':db:'],
    [false, 'live/shop.json'],
    [false, KEY],
    [false, 'groups/db.json'],
    [false, 'renewal/shop.json'],
    [false, 'accounts/keys/a.json', ':web:'],
  ])('may read: %s, %s with the groups %s', async (expected, key, groups) => {
    expect(await mayRead(WEB, key, groups)).toBe(expected);
  });

  it('is alone in its account', async () => {
    expect(await mayRead(WEB.replace('web-hosts', 'other'), KEY, ':web:')).toBe(false);
    expect(await mayRead(WEB.replace('web-hosts', 'backup'), KEY, ':web:')).toBe(false);
  });

  it('may read what is of any of its groups, as each other role of them', async () => {
    const hostRoles = JSON.stringify({ web: [WEB, OWN], db: [WEB, OWN] });
    const made = await bucketPolicy(variables({ 'self:custom.params.hostRoles': hostRoles }));
    const sids = made.Resources.BucketPolicy.Properties.PolicyDocument.Statement.map(
      ({ Sid }: { Sid: string }) => Sid,
    );
    // Roles of the same groups share a statement: S3 takes 20 KB.
    expect(sids.filter((sid: string) => /\d$/.test(sid))).toEqual([
      'KeysOfOtherGroups1',
      'CertificatesElsewhere1',
      'ListElsewhere1',
      'CertificatesElsewhere2',
      'ListElsewhere2',
    ]);
    for (const groups of [':web:', ':db:']) expect(await mayRead(WEB, KEY, groups, hostRoles)).toBe(true);
    expect(await mayRead(WEB, KEY, ':other:', hostRoles)).toBe(false);
  });

  it('gives a host of this account nothing', async () => {
    const none = { principal: OWN, bucketPolicy: await policy() };
    const asked = { action: 's3:GetObject', resource: 'arn:aws:s3:::Bucket/groups/web.json', context: {} };
    expect(await isAllowed([], asked, none)).toBe(false);
  });
});

describe('the association of a group', () => {
  const groups = {
    web: { reload: 'service', root: '/etc/x', port: 443 },
    'db-eu': { port: 5432 },
  };
  const made = (more: object = {}) =>
    associations(
      variables({ 'self:custom.params.hostGroups': JSON.stringify(groups), 'sls:stage': 'staging', ...more }),
    );

  test('has the document install what the list of the group has, and knows only what that takes', async () => {
    const { HostsWebAssociation, HostsDbEuAssociation } = (await made()).Resources;
    expect(HostsWebAssociation.Properties).toEqual({
      AssociationName: 'perennial-staging-web',
      Name: { Ref: 'InstallDocument' },
      Targets: [{ Key: 'tag:perennial-group', Values: ['web'] }],
      Parameters: {
        group: ['web'],
        bucket: [{ Ref: 'Bucket' }],
        region: [{ Ref: 'AWS::Region' }],
        root: ['/etc/x'],
        reload: ['service'],
        port: ['443'],
      },
      ScheduleExpression: 'rate(1 day)',
      MaxConcurrency: '25%',
      MaxErrors: '100%',
    });
    expect(HostsDbEuAssociation.Properties.Targets).toEqual([
      { Key: 'tag:perennial-group', Values: ['db-eu'] },
    ]);
  });

  test('has an id of its own, whatever its name', async () => {
    const named = { 'a-b': {}, ab: {}, 'c--d': {}, cd: {}, 'e-': {}, e1: {} };
    const { Resources } = await made({ 'self:custom.params.hostGroups': JSON.stringify(named) });
    expect(Object.keys(Resources)).toHaveLength(6);
  });

  test.each([
    ['a window', { window: ['Mon-Thu 02:00-05:00 UTC'] }],
    ['a freeze', { freeze: ['2026-12-20 UTC'] }],
  ])('leaves what hosts have alone where the group has %s', async (_, times) => {
    const hostGroups = JSON.stringify({ web: times });
    const { HostsWebAssociation } = (await made({ 'self:custom.params.hostGroups': hostGroups })).Resources;
    expect(HostsWebAssociation.Properties.Parameters).toMatchObject({ newHostsOnly: ['true'] });
    expect(HostsWebAssociation.Properties.Parameters).not.toHaveProperty('window');
  });

  test('of hosts elsewhere reads the bucket of the main stack, as often as it is told', async () => {
    const given = { bucket: 'main', region: 'us-east-1', rate: 'rate(1 hour)' };
    const { HostsWebAssociation } = (await made({ 'self:custom.elsewhere': given })).Resources;
    expect(HostsWebAssociation.Properties).toMatchObject({
      Parameters: { bucket: ['main'], region: ['us-east-1'] },
      ScheduleExpression: 'rate(1 hour)',
    });
  });
});

describe('the parameters of a stack for hosts elsewhere', () => {
  const good = { bucket: 'main', bucketRegion: 'us-east-1', hostGroups: '{"web":{}}', rate: 'rate(1 hour)' };
  const read = (more: object) => {
    const named = Object.entries({ ...good, ...more }).map(([name, value]) => [`param:${name}`, value]);
    return elsewhere.elsewhere(variables(Object.fromEntries(named)));
  };

  test('are taken where they are right', async () => {
    expect(await read({})).toEqual({ bucket: 'main', region: 'us-east-1', rate: 'rate(1 hour)' });
    for (const bucketRegion of REGIONS) expect((await read({ bucketRegion })).region).toBe(bucketRegion);
  });

  test.each(REGIONS)('are taken in %s', async (bucketRegion) => {
    expect(await read({ bucketRegion })).toMatchObject({ region: bucketRegion });
  });

  test.each([
    [{ bucket: undefined }, /^bucket: is missing; .*serverless\.hosts\.yml/],
    [{ bucket: 'Main;id' }, /^bucket: is not the name of a bucket/],
    [{ bucketRegion: 'here' }, /^bucketRegion: is not a region/],
    [{ hostGroups: '{"web":{"port":"https"}}' }, /^hostGroups\.web\.port/],
    [{ hostGroups: '{"a-1":{},"b":{},"a1":{}}' }, /^hostGroups: "a-1" and "a1" differ in "-" only/],
    [
      { hostGroups: '{"web":{"window":"Mon 02:00-05:00 UTC"}}' },
      /^hostGroups\.web: window and freeze are of the main stack's hosts/,
    ],
    [
      { hostGroups: '{"db":{},"web":{"freeze":"2026-12-20 UTC"}}' },
      /^hostGroups\.web: window and freeze are of the main stack's hosts/,
    ],
    [{ rate: 'rate(5 minutes)' }, /^rate: is not a rate such as/],
    [{ rate: 'rate(10 minutes)' }, /^rate: is not a rate such as/],
  ])('are refused in one line: %j', async (more, complaint) => {
    await expect(read(more)).rejects.toThrow(complaint);
  });
});
