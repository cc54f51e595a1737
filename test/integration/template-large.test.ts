import { once } from 'node:events';
import { cp, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { settingsOf } from '../../cli/stack/functions.ts';
import { isAllowed } from '../../local/iam/policy.ts';
import { policiesOf, type Resources } from '../../local/iam/template-policies.ts';
import { packageStack, readTemplate, SAMPLE_PARAMS } from '../../tools/check/package-stack.ts';
import { runTool } from '../../tools/check/run-tool.ts';

const many = (count: number, name: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => name(index));
const DOMAINS = many(200, (index) => `shop-${index}.customer-${index % 7}.example.com`);
const TARGETS = many(100, (index) => `proofs-${index}.example.net`);
const GROUPS = many(60, (index) => `fleet-${index}`);
const BOUNDARY = 'arn:aws:iam::123456789012:policy/workloads';
const TAGS = { team: 'platform', 'cost-center': '1234' };

let folder: string;
let resources: Resources;
/** What the packaged `scan` answers when it is asked for its settings. */
let answered: Record<string, string>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perennial-large-'));
  const params = {
    ...SAMPLE_PARAMS,
    domains: DOMAINS.join(','),
    challengeTargets: TARGETS.join(','),
    hostGroups: JSON.stringify(Object.fromEntries(GROUPS.map((name) => [name, {}]))),
    permissionsBoundary: BOUNDARY,
    tags: JSON.stringify(TAGS),
  };
  resources = await readTemplate(await packageStack({ stage: 'production', folder, params }));
  const code = join(folder, 'code');
  await runTool('python3', ['-m', 'zipfile', '-e', join(folder, 'scan.zip'), code]);
  await cp(join(code, 'functions/scan.mjs'), join(code, 'scan.mjs'));
  const Variables = variablesOf('ScanLambdaFunction');
  const ask = `const { handler } = await import(${JSON.stringify(join(code, 'scan.mjs'))});
    const answer = await handler({ start: 'settings' }, { getRemainingTimeInMillis: () => 1000 });
    process.stdout.write('\\nANSWER' + JSON.stringify(answer));`;
  const env = {
    ...Variables,
    AWS_REGION: 'eu-central-1',
    BUCKET: 'b',
    EVENT_BUS: 'e',
    DOCUMENT: 'd',
    QUEUE: 'q',
  };
  const printed = await runTool(process.execPath, ['--input-type=module', '-e', ask], { env });
  answered = JSON.parse(printed.split('ANSWER')[1] ?? '');
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true, force: true });
});

interface Configured {
  Environment: { Variables: Record<string, string> };
}

function variablesOf(id: string): Record<string, string> {
  const { Environment } = (resources[id]?.Properties ?? {}) as { Environment?: Configured['Environment'] };
  return Environment?.Variables ?? {};
}

describe('200 domains, 100 challenge targets and 60 host groups', () => {
  it('have an environment that Lambda takes, and the rest of the settings with the code', () => {
    const functions = Object.keys(resources).filter((id) => resources[id]?.Type === 'AWS::Lambda::Function');
    expect(functions).toHaveLength(12);
    for (const id of functions) expect(JSON.stringify(variablesOf(id)).length, id).toBeLessThan(4_096);
    expect(answered.DOMAINS?.split(',')).toEqual(DOMAINS);
    expect(answered.CHALLENGE_TARGETS?.split(',')).toEqual(TARGETS);
    expect(Object.keys(JSON.parse(answered.HOST_GROUPS ?? '{}'))).toEqual(GROUPS);
  });

  it('are what the command line reads too', async () => {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      const configuration = {
        Environment: {
          Variables: {
            ...variablesOf('ScanLambdaFunction'),
            BUCKET: 'b',
            EVENT_BUS: 'e',
            DOCUMENT: 'd',
            QUEUE: 'q',
          },
        },
      };
      response.end(JSON.stringify(request.method === 'GET' ? configuration : answered));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    vi.stubEnv('AWS_ENDPOINT_URL', `http://127.0.0.1:${port}`);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'test');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'test');
    const stack = { name: 'perennial-production', stage: 'production', bucket: 'b', region: 'eu-central-1' };
    const settings = await settingsOf({ ...stack, functionName: (name) => `perennial-production-${name}` });
    server.close();
    expect(settings.domains).toEqual(DOMAINS);
    expect(settings.hostGroups.map(({ name }) => name)).toEqual(GROUPS);
    expect(asked).toEqual([
      'GET /2015-03-31/functions/perennial-production-scan/configuration',
      'POST /2015-03-31/functions/perennial-production-scan/invocations',
    ]);
  });

  it('may all be written by renew, and nothing beside them', async () => {
    const policies = policiesOf(resources, 'RenewRole');
    const may = (type: 'TXT' | 'CAA', ...names: string[]) =>
      isAllowed(policies, {
        action: 'route53:ChangeResourceRecordSets',
        resource: 'arn:aws:route53:::hostedzone/Z1',
        context: {
          'route53:ChangeResourceRecordSetsNormalizedRecordNames': names,
          'route53:ChangeResourceRecordSetsRecordTypes': [type],
          'route53:ChangeResourceRecordSetsActions': ['CREATE', 'DELETE'],
        },
      });
    for (const domain of DOMAINS.filter((_, index) => index % 9 === 0)) {
      expect(await may('TXT', `_acme-challenge.${domain}`, `_acme-challenge.www.${domain}`), domain).toBe(
        true,
      );
      expect(await may('CAA', domain, `www.${domain}`), domain).toBe(true);
      expect(await may('TXT', domain), domain).toBe(false);
    }
    for (const target of TARGETS.filter((_, index) => index % 9 === 0))
      expect(await may('TXT', target), target).toBe(true);
    for (const name of ['example.com', '_acme-challenge.example.com', 'shop-200.customer-4.example.com'])
      for (const type of ['TXT', 'CAA'] as const) expect(await may(type, name), name).toBe(false);
  });

  it('have the boundary of the organization on every role, and its tags on the stack', async () => {
    const roles = Object.entries(resources).filter(([, { Type }]) => Type === 'AWS::IAM::Role');
    expect(roles).toHaveLength(12);
    for (const [id, { Properties }] of roles) expect(Properties?.PermissionsBoundary, id).toBe(BOUNDARY);
    const { service } = JSON.parse(await readFile(join(folder, 'serverless-state.json'), 'utf8'));
    expect(service.provider.stackTags).toEqual(TAGS);
  });

  it('have a policy for each host group', () => {
    const ids = Object.keys(resources).filter((id) => /^Hosts.*Policy$/.test(id));
    expect(ids).toHaveLength(60);
  });
});

it('more than AWS takes is refused in one line that says what to do, before anything is made', async () => {
  const params = {
    ...SAMPLE_PARAMS,
    domains: many(2_000, (index) => `shop-${index}.example-${index}.com`).join(','),
  };
  const printed = await packageStack({ stage: 'production', folder: join(folder, 'x'), params }).then(
    () => 'not refused',
    (error: Error) => error.message,
  );
  const lines = printed.split('\n').filter((line) => line.includes('AWS takes'));
  expect(lines, printed).toHaveLength(1);
  expect(lines[0]).toMatch(
    /the managed policies of RenewRole: \d+ policies, and AWS takes 10; list fewer or shorter domains/,
  );
});
