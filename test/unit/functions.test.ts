import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readSettings } from '../../lib/lambda/settings.ts';
import { hostGroup, stackOf, zoneRole } from '../fakes/stack.ts';

const PROJECT = join(import.meta.dirname, '../..');
/** They decide nothing about certificates. */
const WITHOUT_STACK = ['chat', 'confirm', 'notify'];
/** What of a stack adapters are made with; the rest is for flows, which get all of it. */
const FOR_ADAPTERS = ['bucket', 'region', 'zoneRoles'];
const functions = globSync('functions/*.ts', { cwd: PROJECT }).map((file) => [
  basename(file, '.ts'),
  readFileSync(join(PROJECT, file), 'utf8'),
]);

describe.each(functions)('the function %s', (name, text) => {
  it('reads the settings once, and hands the stack whole', () => {
    expect(text.match(/readSettings\(process\.env\)/g)).toHaveLength(1);
    const handed = [...text.matchAll(/\bstack: ?([^,\n]*?)(?=[,\s]|$)/g)].map(([, value]) => value);
    expect(handed).toEqual(WITHOUT_STACK.includes(name) ? [] : ['settings']);
    expect(text).not.toMatch(/\.\.\.settings/);
    const picked = Object.keys(stackOf()).filter((key) => text.includes(`settings.${key}`));
    expect(picked.filter((key) => !FOR_ADAPTERS.includes(key))).toEqual([]);
  });
});

describe('roots of params.caRoots', () => {
  const yml = readFileSync(join(PROJECT, 'serverless.yml'), 'utf8');
  const given = [...yml.matchAll(/\n {2}(\w+):\n {4}handler: functions.*(?:\n {4}.*)*/g)].flatMap(
    ([text, name]) => (/CA_ROOTS: .{self:custom\.params\.variables\.CA_ROOTS}/.test(text) ? name : []),
  );

  it('are given to the functions that speak with CAs, or look at their certificates, and trusted by them', () => {
    const speaking = functions.filter(([, text]) => /adapters\/acme\/|SiteObserver/.test(text ?? ''));
    const names = speaking.map(([name]) => name).sort();
    expect(names).toEqual(['account', 'doctor', 'probe', 'renew', 'revoke', 'scan']);
    expect(given.sort()).toEqual(names);
    for (const [name, text] of speaking)
      expect(text, name).toContain('readSettings(process.env);\ntrustRoots(settings.caRoots);\n');
  });
});

const environment = {
  AWS_REGION: 'eu-central-1',
  BUCKET: 'perennial-bucket',
  EVENT_BUS: 'perennial-test',
  DIRECTORY_URL: 'https://ca.test/directory',
  FALLBACK_DIRECTORY_URLS: 'https://b.test/d,https://c.test/d',
  CONTACT: 'you@example.com',
  AGREE_TO_TERMS: 'true',
  DOMAINS: 'example.com,example.org',
  ALSO_ALLOW: 'amazon.com',
  CHALLENGE_TARGETS: 'proof.example.org',
  HOST_GROUPS: '{"web":{},"db":{}}',
  ZONE_ROLES: '{"dns":{"roleArn":"arn:aws:iam::123456789012:role/dns"}}',
  ORDERS_PER_RUN: '7',
  CHECK_EVERY_HOURS: '2',
  ACCOUNT_PREFIX: '/perennial/test',
  EAB_PREFIX: '/perennial/test/eab',
  CAA_IDENTITY: 'ca.test',
};

it('settings are the stack, and more', () => {
  expect(readSettings(environment)).toMatchObject(
    stackOf({
      domains: ['example.com', 'example.org'],
      challengeTargets: ['proof.example.org'],
      hostGroups: ['web', 'db'].map(hostGroup),
      zoneRoles: [zoneRole('dns')],
      fallbackCas: ['https://b.test/d', 'https://c.test/d'],
      alsoAllow: ['amazon.com'],
      ordersPerRun: 7,
      checkEveryHours: 2,
      caaIdentity: 'ca.test',
    }),
  );
});

it('settings that the environment has no room for come from the code', () => {
  const bundled = { DOMAINS: 'example.org', HOST_GROUPS: '{"edge":{}}' };
  const without = { ...environment, DOMAINS: '', HOST_GROUPS: '' };
  const settings = readSettings(without, bundled);
  expect(settings).toMatchObject({ domains: ['example.org'], hostGroups: [hostGroup('edge')] });
  expect(settings.challengeTargets).toEqual(['proof.example.org']);
});
