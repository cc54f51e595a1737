import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pemOf } from '../../lib/foundation/certificate/ca-roots.ts';
import { memoryFor } from '../../resources/rules/memory-for.ts';
import { PROJECT } from '../../tools/check/run-tool.ts';
import { newKey } from '../fakes/certificates.ts';
import { makeRoot } from '../fakes/roots.ts';

const read = (file: string) => readFileSync(join(PROJECT, file), 'utf8');
const require = createRequire(import.meta.url);
const { load } = require('js-yaml');
const checkParams = require('../../resources/params.cjs');
const { parseSettings } = require('../../resources/settings.cjs');
const { Section } = require('../../resources/settings-schema.cjs');

interface Param {
  name: string;
  comment: string;
  /** Its default, or of what has none an example. */
  value: string | undefined;
  example: string | undefined;
}

const NEEDED = ['contact', 'agreeToTerms', 'domains'];
const NAMES = /^(?:# )?(?:Example: )?(\w+): (.*)$/;
const serverlessYml = read('serverless.yml');
const exampleYml = read('settings.example.yml');

/** The paragraphs of `default` in settings.example.yml, each an explanation with the setting below it, commented out. */
function explainedSettings(yml: string): Param[] {
  const [, rest = ''] = yml.split('\ndefault:\n');
  const [paragraphs = ''] = rest.split(/\n#/);
  return paragraphs
    .trimEnd()
    .split('\n\n')
    .map((paragraph) => {
      const lines = paragraph.split('\n').map((line) => line.replace(/^ {2}# /, ''));
      const [, name = '', value = ''] = NAMES.exec(lines.at(-1) ?? '') ?? [];
      const example = lines.map((line) => /^Example: \w+: (.*)$/.exec(line)?.[1]).find(Boolean);
      return { name, comment: lines.slice(0, -1).join(' '), value, example: example ?? value };
    });
}

/** The defaults of serverless.yml, by name. */
function defaultsOf(yml: string): Record<string, unknown> {
  const { params } = load(yml.replace(/!(Ref|GetAtt|Sub) /g, '')) as {
    params: { default: Record<string, unknown> };
  };
  return params.default;
}

const checked = (given: Record<string, unknown>) =>
  checkParams({
    resolveVariable: async (variable: string) => given[variable.replace(/^param:|, null$/g, '')] ?? null,
  });

describe('settings.example.yml', () => {
  const explained = explainedSettings(exampleYml);
  const defaults = defaultsOf(serverlessYml);

  it('explains each setting that there is, and no other', () => {
    expect(explained.map(({ name }) => name).sort()).toEqual(Object.keys(Section.shape).sort());
  });

  it.each(explained)('$name has a meaning, an example, and the default of serverless.yml', (param) => {
    expect(param.comment.length).toBeGreaterThan(60);
    expect(param.example, 'example').toBeTruthy();
    const isNeeded = NEEDED.includes(param.name);
    expect(param.comment.includes('No default.')).toBe(isNeeded);
    if (!isNeeded && param.name !== 'notify') expect(load(param.value ?? '')).toEqual(defaults[param.name]);
    else expect(defaults).not.toHaveProperty(param.name);
  });

  it('sets nothing itself, so that a copy goes with the defaults of every version', () => {
    expect(parseSettings(exampleYml, 'settings.yml')).toEqual({ default: null });
  });

  it('has examples that a deploy takes', async () => {
    const examples = explained.map(({ name, example = '' }) => `  ${name}: ${example}`).join('\n');
    const folder = mkdtempSync(join(tmpdir(), 'perennial-settings-'));
    writeFileSync(join(folder, 'ca-roots.pem'), await makeRoot());
    const { default: given } = parseSettings(`default:\n${examples}\n`, join(folder, 'settings.yml'));
    rmSync(folder, { recursive: true });
    const { hostGroups, ...taken } = await checked(given);
    expect(taken).toMatchObject({ checkRate: 'rate(6 hours)', ordersPerRun: '50', memory: 3008 });
    expect(JSON.parse(hostGroups).mail).toMatchObject({ reload: 'hooks', port: 993 });
    expect(taken.caRoots).not.toBe('');
  });

  it.each([0, 1.5, 350_001, 'many'])('takes no %s for a number of certificates', async (certificates) => {
    const needed = { contact: 'you@example.com', agreeToTerms: true, domains: ['example.com'] };
    await expect(checked({ ...defaults, ...needed, certificates })).rejects.toThrow(
      /certificates: must be a (whole )?number/,
    );
  });

  it('goes on in serverless.yml with parameters for tests only', () => {
    const others = Object.keys(defaults).filter((name) => !Object.hasOwn(Section.shape, name));
    expect(others.sort()).toEqual([
      'caAtLoopback',
      'caaIdentity',
      'dnsPort',
      'dnsResolver',
      'probePrivatePorts',
    ]);
  });
});

describe('the memory for many certificates', () => {
  it.each([
    [1, { memory: 256, heap: 192 }],
    [2000, { memory: 256, heap: 192 }],
    [2001, { memory: 320, heap: 240 }],
    [10_000, { memory: 512, heap: 384 }],
    [100_000, { memory: 3008, heap: 2256 }],
    [350_000, { memory: 10_048, heap: 7536 }],
  ])('of %d', (certificates, expected) => {
    expect(memoryFor(certificates)).toEqual(expected);
  });
});

describe('names in params', () => {
  const given = {
    contact: 'you@example.com',
    agreeToTerms: true,
    alsoAllow: [],
    hostGroups: {},
    hostRoles: {},
    zoneRoles: {},
  };
  const others = {
    fallbackDirectoryUrls: [],
    caRoots: '',
    kmsKeyArn: '',
    ordersPerRun: 1,
    checkEveryHours: 1,
  };
  const names = (more: object) =>
    checked({ ...given, ...others, domains: ['example.com'], challengeTargets: [], ...more });

  it.each(['example.co.uk', 'me.github.io', 'city.kawasaki.jp', 'corp.internal', 'demo.test'])(
    'may have the domain %s',
    async (domain) => {
      expect(await names({ domains: [domain] })).toMatchObject({ domains: domain });
    },
  );

  it.each([
    ['co.uk', 'domains[0]: "co.uk" is a public suffix'],
    ['kawasaki.jp', 'is a public suffix'],
    ['a_b.example.com', 'has an underscore'],
    ['Example.com', 'write it as example.com'],
  ])('may not have the domain %s', async (domain, complaint) => {
    await expect(names({ domains: [domain] })).rejects.toThrow(complaint);
  });

  it('may have targets of challenge names with underscores', async () => {
    const challengeTargets = ['_acme-challenge.example.org'];
    expect(await names({ challengeTargets })).toMatchObject({ challengeTargets: challengeTargets[0] });
  });
});

describe('CAs in params', () => {
  const given = { contact: 'you@example.com', agreeToTerms: true, domains: ['example.com'], alsoAllow: [] };
  const others = { challengeTargets: [], fallbackDirectoryUrls: [], kmsKeyArn: '', zoneRoles: {} };
  const base = { ...given, ...others, hostGroups: {}, hostRoles: {}, ordersPerRun: 1, checkEveryHours: 1 };

  it('may be listed, and are any otherwise', async () => {
    expect((await checked({ ...base, cas: 'https://a.test/d,https://b.test/d' })).cas).toBe(
      'https://a.test/d,https://b.test/d',
    );
    expect((await checked(base)).cas).toBe('');
  });

  it.each(['directoryUrl', 'fallbackDirectoryUrls', 'cas'])(
    'have one form of their address in %s',
    async (name) => {
      await expect(checked({ ...base, [name]: 'https://user@ca.test/d' })).rejects.toThrow('without a user');
    },
  );

  it.each([
    ['production', 'refused'],
    ['staging', 'refused'],
    ['local', 'taken'],
  ])('on the same machine are for the stage local only: in %s it is %s', async (stage, end) => {
    const answer = checked({ ...base, caAtLoopback: 'true', 'sls:stage': stage });
    if (end === 'taken') expect((await answer).caAtLoopback).toBe('true');
    else await expect(answer).rejects.toThrow('caAtLoopback: is for the stage local only');
  });
});

describe('host groups in params', () => {
  const given = { contact: 'you@example.com', agreeToTerms: true, domains: ['example.com'], alsoAllow: [] };
  const others = { challengeTargets: [], fallbackDirectoryUrls: [], kmsKeyArn: '', zoneRoles: {} };
  const groups = (...names: string[]) =>
    checked({
      ...given,
      ...others,
      hostRoles: {},
      ordersPerRun: 1,
      checkEveryHours: 1,
      hostGroups: Object.fromEntries(names.map((name) => [name, {}])),
    });

  it.each([
    ['a-1', 'a1'],
    ['web-', 'web'],
  ])('may not be %s and %s, whose policies would have one id', async (one, other) => {
    await expect(groups(one, 'x', other)).rejects.toThrow(
      `hostGroups: "${one}" and "${other}" differ in "-" only, and would share the id Hosts`,
    );
  });

  it('may differ in a letter after "-"', async () => {
    expect(Object.keys(JSON.parse((await groups('a-b', 'ab', 'a1', 'a-2')).hostGroups))).toHaveLength(4);
  });
});

describe('what an organization wants', () => {
  const given = { contact: 'you@example.com', agreeToTerms: true, domains: ['example.com'], alsoAllow: [] };
  const others = { challengeTargets: [], fallbackDirectoryUrls: [], kmsKeyArn: '', zoneRoles: {} };
  const base = { ...given, ...others, hostGroups: {}, hostRoles: {}, ordersPerRun: 1, checkEveryHours: 1 };

  it('is a boundary and tags, or nothing', async () => {
    const permissionsBoundary = 'arn:aws-us-gov:iam::123456789012:policy/teams/workloads';
    const tags = { 'cost-center': '1234', Équipe: 'ops @ home' };
    expect(await checked({ ...base, permissionsBoundary, tags })).toMatchObject({
      permissionsBoundary,
      tags,
    });
    expect(await checked({ ...base, tags: '{"a":"b"}' })).toMatchObject({ tags: { a: 'b' } });
    expect(await checked(base)).toMatchObject({ permissionsBoundary: '', tags: {} });
  });

  it.each<[object, string]>([
    [{ permissionsBoundary: 'workloads' }, 'permissionsBoundary: must be the ARN of an IAM policy'],
    [{ permissionsBoundary: 'arn:aws:iam::123456789012:role/x' }, 'must be the ARN of an IAM policy'],
    [{ tags: { 'aws:team': 'x' } }, 'does not begin with aws:'],
    [{ tags: { team: 'a\nb' } }, 'has characters that a tag cannot have'],
    [{ tags: { team: 1 } }, 'tags.team'],
    [
      { tags: Object.fromEntries(Array.from({ length: 41 }, (_, index) => [`t${index}`, ''])) },
      'over 40 tags',
    ],
  ])('is not %j', async (more, complaint) => {
    await expect(checked({ ...base, ...more })).rejects.toThrow(complaint);
  });
});

describe('host roles in params', () => {
  const role = 'arn:aws:iam::123456789012:role/web-hosts';
  const given = { contact: 'you@example.com', agreeToTerms: true, domains: ['example.com'], alsoAllow: [] };
  const others = {
    challengeTargets: [],
    fallbackDirectoryUrls: [],
    kmsKeyArn: '',
    zoneRoles: {},
    caRoots: '',
  };
  const roles = (hostRoles: object) =>
    checked({
      ...given,
      ...others,
      hostGroups: { web: {} },
      ordersPerRun: 1,
      checkEveryHours: 1,
      hostRoles,
    });

  it('are ARNs of roles or users by group, and "*" is for every key', async () => {
    const hostRoles = { web: [role], '*': ['arn:aws:iam::123456789012:user/ops/admin'] };
    expect(JSON.parse((await roles(hostRoles)).hostRoles)).toEqual(hostRoles);
  });

  it.each([
    ['a group that is not there', { db: [role] }, 'hostRoles: "db" is no group of hostGroups'],
    ['a pattern', { web: ['arn:aws:iam::123456789012:role/*'] }, 'must be the ARN of an IAM role or user'],
    ['a session', { web: ['arn:aws:sts::123456789012:assumed-role/web/i-1'] }, 'must be the ARN'],
    ['a name of no group', { 'Web Hosts': [role] }, 'a group is named as in hostGroups'],
    ['one of Object', { constructor: [role] }, 'hostRoles: "constructor" is no group'],
  ])('are not %s', async (_, hostRoles, complaint) => {
    await expect(roles(hostRoles)).rejects.toThrow(complaint);
  });
});

describe('deployment windows in params', () => {
  const given = { contact: 'you@example.com', agreeToTerms: true, domains: ['example.com'], alsoAllow: [] };
  const others = { challengeTargets: [], fallbackDirectoryUrls: [], kmsKeyArn: '', zoneRoles: {} };
  const web = (group: object, checkEveryHours = 1) =>
    checked({
      ...given,
      ...others,
      hostGroups: { web: group },
      hostRoles: {},
      ordersPerRun: 1,
      checkEveryHours,
    });
  const window = 'Mon-Thu 02:00-05:00 Europe/Berlin';

  it('reach the functions as they were written', async () => {
    const freeze = ['2026-12-20/2027-01-03 Europe/Berlin', '2027-05-01 UTC'];
    const { hostGroups } = await web({ window, freeze });
    expect(JSON.parse(hostGroups).web).toMatchObject({ window: [window], freeze });
  });

  it.each<[string, object, number, string]>([
    [
      'a zone that there is not',
      { window: 'Mon 02:00-05:00 Berlin' },
      1,
      'hostGroups.web.window[0]: "Mon 02:00-05:00 Berlin" names a time zone',
    ],
    [
      'a day that there is not',
      { freeze: '2027-02-29 UTC' },
      1,
      'hostGroups.web.freeze[0]: "2027-02-29 UTC" names a day that there is not',
    ],
    [
      'a window that checks may miss',
      { window },
      2,
      'hostGroups.web.window: "Mon-Thu 02:00-05:00 Europe/Berlin" is shorter than 2 checks, one every 2 h',
    ],
    ['a number', { window: 2 }, 1, 'hostGroups.web.window: must be a list'],
  ])('are refused with one line: %s', async (_, group, hours, complaint) => {
    await expect(web(group, hours)).rejects.toThrow(complaint);
  });
});

describe("roots of a CA of one's own in params", () => {
  const given = {
    contact: 'you@example.com',
    agreeToTerms: true,
    domains: ['example.com'],
    alsoAllow: [],
    challengeTargets: [],
    fallbackDirectoryUrls: [],
    hostGroups: {},
    kmsKeyArn: '',
    ordersPerRun: 1,
    checkEveryHours: 1,
    zoneRoles: {},
    hostRoles: {},
  };

  it('reach the functions, and the settings give them back', async () => {
    const root = await makeRoot();
    const { caRoots } = await checked({ ...given, caRoots: root });
    const { fingerprint256 } = new X509Certificate(pemOf(caRoots));
    expect(fingerprint256).toBe(new X509Certificate(root).fingerprint256);
  });

  it('go with the code where the other settings leave them no room in the environment of a function', async () => {
    const domains = Array.from({ length: 130 }, (_, index) => `shop-${index}.example.com`);
    const caRoots = (await makeRoot({ name: 'A' })) + (await makeRoot({ name: 'B' }));
    const small = await checked({ ...given, domains, caRoots: '' });
    expect(small).toMatchObject({ settingsIn: 'environment', bundled: {} });
    expect(small.variables).toMatchObject({ DOMAINS: domains.join(','), CA_ROOTS: '' });
    const large = await checked({ ...given, domains, caRoots });
    expect(large).toMatchObject({ settingsIn: 'code', bundled: { DOMAINS: domains.join(',') } });
    expect(large.bundled.CA_ROOTS.length).toBeGreaterThan(500);
    expect(Object.keys(large.variables)).toEqual(Object.keys(large.bundled));
    expect(Object.values(large.variables).join('')).toBe('');
  });

  it('are refused with one line, and a key in them is not shown', async () => {
    const key = newKey().reveal();
    const refused = await checked({ ...given, caRoots: key }).catch((error: Error) => error);
    expect(refused.message).toContain(
      'caRoots: holds a private key; give the certificates of the roots only',
    );
    expect(refused.message).not.toContain(key.split('\n')[1]);
  });
});

describe('params in serverless.yml', () => {
  it('of staging say what is apart: the CA and those after it', () => {
    const [, staging = ''] = /\n {2}staging:\n((?: {4}.*\n)+)/.exec(serverlessYml) ?? [];
    expect(staging).toContain('directoryUrl: https://acme-staging-v02.api.letsencrypt.org/directory');
    expect(staging).toContain('fallbackDirectoryUrls: []');
  });
});

describe('a bucket of before in params', () => {
  const given = {
    ...{ contact: 'you@example.com', agreeToTerms: true, domains: ['example.com'], alsoAllow: [] },
    ...{ challengeTargets: [], fallbackDirectoryUrls: [], hostGroups: {}, hostRoles: {}, zoneRoles: {} },
    ...{ kmsKeyArn: '', ordersPerRun: 1, checkEveryHours: 1 },
  };

  it.each(['', 'perennial-production-bucket-1a2b3c4d5e6f'])('may be "%s"', async (bucket) => {
    expect(await checked({ ...given, bucket })).toMatchObject({ bucket });
  });

  it.each(['s3://kept', 'Kept', 'ke', '-kept', 'arn:aws:s3:::kept'])('is not "%s"', async (bucket) => {
    await expect(checked({ ...given, bucket })).rejects.toThrow('bucket: must be the name of a bucket');
  });
});
