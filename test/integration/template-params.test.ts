import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageStack, readTemplate, SAMPLE_PARAMS } from '../../tools/check/package-stack.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perennial-params-'));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** The one line in which packaging with these parameters is refused. */
async function refusal(params: Readonly<Record<string, string>>, stage = 'production'): Promise<string> {
  const printed = await packageStack({ stage, folder, params }).then(
    () => 'not refused',
    (error: Error) => error.message,
  );
  const lines = printed.split('\n').filter((line) => line.trimStart().startsWith('- '));
  expect(lines, printed).toHaveLength(1);
  return lines.join('');
}

const { contact, agreeToTerms, domains } = SAMPLE_PARAMS as { [name: string]: string };

describe('params', () => {
  it('without a default are asked for, all in one line', async () => {
    const line = await refusal({});
    expect(line).toContain('contact: is missing');
    expect(line).toContain('agreeToTerms: is missing');
    expect(line).toContain('domains: is missing');
    expect(line).toContain('Set it in settings.yml');
  });

  it('are not taken for a misspelt stage, which would use the production CA', async () => {
    const line = await refusal(SAMPLE_PARAMS, 'stagin');
    expect(line).toContain('the stage "stagin" would be one of its own, with the production CA');
  });

  it.each([
    ['contact', { agreeToTerms, domains }, 'contact: is missing'],
    ['agreeToTerms', { contact, domains }, 'agreeToTerms: is missing'],
    ['domains', { contact, agreeToTerms }, 'domains: is missing'],
  ] as [string, Record<string, string>, string][])('without %s are refused', async (_, params, complaint) => {
    expect(await refusal(params)).toContain(complaint);
  });

  it('of a wrong type or value are refused, each with what is wrong', async () => {
    const hostGroups = '{"web_1":{},"db":{"port":"x"},"app":{"foo":1}}';
    const line = await refusal({
      contact: 'hello',
      agreeToTerms: 'yes',
      domains: '*.example.com,192.0.2.7',
      fallbackDirectoryUrls: 'http://a.test/d',
      hostGroups,
      notify: 'you@example.com,+49301234',
      ordersPerRun: '0.5',
      zoneRoles:
        '{"a_b":{"roleArn":"x"},"all":{"roleArn":"arn:aws:iam::123456789012:role/*"},"id":{"roleArn":"arn:aws:iam::123456789012:role/a","externalId":""}}',
    });
    expect(line).toContain('contact: must be one mail address');
    expect(line).toContain('notify[1]: must be a mail address, an https address or the ARN');
    expect(line).toContain('ordersPerRun: must be a whole number');
    expect(line).toContain('agreeToTerms: must be true or false');
    expect(line).toContain('domains[0]: "*.example.com" is a wildcard');
    expect(line).toContain('domains[1]: "192.0.2.7" is an IP address');
    expect(line).toContain('fallbackDirectoryUrls[0]: must be the https address');
    expect(line).toContain('hostGroups.web_1: a group name may hold only');
    expect(line).toContain('hostGroups.db.port: must be a number');
    expect(line).toContain('hostGroups.app: unknown key "foo"');
    expect(line).toContain('zoneRoles.a_b: the name of a zone role may hold only');
    expect(line).toContain('zoneRoles.all.roleArn: must be the ARN of one role');
    expect(line).toContain('zoneRoles.id.externalId: is not an external id');
  });

  it.each([
    [
      'a@example.com, https://hook.test/x, arn:aws:sqs:us-east-1:123456789012:told',
      ['email', 'https', 'sqs'],
    ],
    ['none', []],
  ])('notify "%s" has these told: %j', async (notify, protocols) => {
    const params = { ...SAMPLE_PARAMS, notify };
    const resources = await readTemplate(await packageStack({ stage: 'production', folder, params }));
    const { ChatSubscription: _, ...others } = resources;
    const told = Object.values(others).filter(({ Type }) => Type === 'AWS::SNS::Subscription');
    expect(told.map(({ Properties }) => Properties.Protocol).sort()).toEqual(protocols);
  });

  it('that do not agree to the terms are refused', async () => {
    expect(await refusal({ ...SAMPLE_PARAMS, agreeToTerms: 'false' })).toContain(
      'agreeToTerms: must be true',
    );
  });

  it('given as text are lists, booleans, host groups and zone roles', async () => {
    const hostGroups = '{"web":{},"edge-1":{"reload":"service"}}';
    const zoneRoles = '{"dns":{"roleArn":"arn:aws:iam::123456789012:role/a"}}';
    const params = {
      ...SAMPLE_PARAMS,
      domains: 'example.com, example.org',
      fallbackDirectoryUrls: 'https://a.test/d, https://b.test/d',
      hostGroups,
      zoneRoles,
    };
    const resources = await readTemplate(await packageStack({ stage: 'production', folder, params }));
    expect(resources.RenewLambdaFunction?.Properties.Environment.Variables).toMatchObject({
      AGREE_TO_TERMS: 'true',
      DOMAINS: 'example.com,example.org',
      FALLBACK_DIRECTORY_URLS: 'https://a.test/d,https://b.test/d',
      ZONE_ROLES: zoneRoles,
      HOST_GROUPS: expect.stringContaining('"edge-1":{"reload":"service"'),
    });
    expect(Object.keys(resources)).toEqual(expect.arrayContaining(['HostsWebPolicy', 'HostsEdge1Policy']));
  });
});
