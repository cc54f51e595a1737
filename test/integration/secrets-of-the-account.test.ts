import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Authorization } from '../../local/iam/authorization.ts';
import { isAllowed, type Policy } from '../../local/iam/policy.ts';
import { bucketPolicyOf, policiesOf, type Resources } from '../../local/iam/template-policies.ts';
import { packageStack, readTemplate, SAMPLE_PARAMS } from '../../tools/check/package-stack.ts';
import { venvBin } from './fixtures/venv.ts';

const MANAGED = [
  'AmazonSSMManagedInstanceCore',
  'AmazonSSMManagedEC2InstanceDefaultPolicy',
  'ReadOnlyAccess',
] as const;
const WEB_HOSTS = 'arn:aws:iam::123456789012:role/web-hosts';
const BOTH = 'arn:aws:iam::123456789012:role/hosts/both';
const EXPORTER = 'arn:aws:iam::123456789012:user/admin';
const STRANGER = 'arn:aws:iam::123456789012:role/stranger';

let folder: string;
/** The stack as deployed without hostRoles, and with them. */
let plain: Resources;
let listed: Resources;
let managed: Record<string, Policy>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perennial-secrets-'));
  const pack = async (name: string, more: object) => {
    const params = { ...SAMPLE_PARAMS, hostGroups: '{"web":{},"db":{}}', ...more };
    return readTemplate(await packageStack({ stage: 'production', folder: join(folder, name), params }));
  };
  plain = await pack('plain', {});
  const hostRoles = { web: [WEB_HOSTS, BOTH], db: [BOTH], '*': [EXPORTER] };
  listed = await pack('listed', { hostRoles: JSON.stringify(hostRoles) });
  managed = await managedPolicies();
}, 240_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

/** The text of AWS's managed policies, which moto carries. */
async function managedPolicies(): Promise<Record<string, Policy>> {
  const script = `import json, sys
from moto.iam.aws_managed_policies import aws_managed_policies_data as data
all = json.loads(data)
print(json.dumps({name: all[name]["Document"] for name in sys.argv[1:]}))`;
  const python = join(await venvBin(), 'python');
  const { stdout } = await promisify(execFile)(python, ['-c', script, ...MANAGED]);
  const documents = Object.entries(JSON.parse(stdout)).map(([name, document]) => [name, { name, document }]);
  return Object.fromEntries(documents);
}

const reading = (action: string, key: string, groups?: string): Authorization => ({
  action,
  resource: `arn:aws:s3:::Bucket/${key}`,
  context: groups === undefined ? {} : { 's3:ExistingObjectTag/perennial-groups': groups },
});
const parameter = (action: string, path: string): Authorization => ({
  action: `ssm:${action}`,
  resource: `arn:aws:ssm:us-east-1:123456789012:parameter/${path}`,
  context: {},
});

const SECRETS = [
  'accounts/keys/acme-v02.api.letsencrypt.org-1a2b3c4d.json',
  'accounts/keys/acme-v02.api.letsencrypt.org-1a2b3c4d-next.pem',
  'accounts/eab/acme.zerossl.com.json',
  'pending/example.com.json',
  'aside/pending/example.com.json.20261120T020000Z',
];
const KEYS = [
  'archive/example.com/20261120T184502Z-3f9a2c/privkey.pem',
  'live/example.com/privkey.pem',
  'live/example.com/bundle.pem',
];
const IN_THE_OPEN = ['renewal/example.com.json', 'live/example.com.json', 'live/example.com/fullchain.pem'];

interface Asking {
  stack?: Resources;
  principal?: string;
  policies: Policy[];
}

function may(asked: Authorization, { stack = plain, principal = STRANGER, policies }: Asking) {
  return isAllowed(policies, asked, { principal, bucketPolicy: bucketPolicyOf(stack) });
}

const hostPolicy = (group: 'Web' | 'Db') => policiesOf(plain, `Hosts${group}Policy`);
const all = () => MANAGED.map((name) => managed[name] as Policy);
/** Each managed policy alone and with a group's host policy, and all of them together. */
const holdings = (): [what: string, policies: Policy[]][] => [
  ...MANAGED.flatMap((name): [string, Policy[]][] => [
    [name, [managed[name] as Policy]],
    [`${name} and the policy of web`, [managed[name] as Policy, ...hostPolicy('Web')]],
  ]),
  ['all of them and the policies of all groups', [...all(), ...hostPolicy('Web'), ...hostPolicy('Db')]],
];

describe('a principal with only AWS managed policies, alone or with a host policy,', () => {
  it.each(SECRETS)('reads no %s, nor an old version of it', async (key) => {
    for (const [what, policies] of holdings())
      for (const action of ['s3:GetObject', 's3:GetObjectVersion'])
        for (const groups of [undefined, ':web:'])
          expect(await may(reading(action, key, groups), { policies }), `${action} by ${what}`).toBe(false);
  });

  it('reads what is no secret, so the policies are those that AWS has', async () => {
    for (const key of IN_THE_OPEN)
      expect(await may(reading('s3:GetObject', key), { policies: [managed.ReadOnlyAccess as Policy] })).toBe(
        true,
      );
    const core = { policies: [managed.AmazonSSMManagedInstanceCore as Policy] };
    expect(await may(parameter('GetParameter', 'perennial/production/acme-account/a'), core)).toBe(true);
  });

  it('reads no parameter of the stack with a host policy, by no action', async () => {
    const policies = [...all(), ...hostPolicy('Web')];
    const asked = ['GetParameter', 'GetParameters', 'GetParameterHistory'].flatMap((action) =>
      ['acme-account/a', 'acme-account/a-next', 'eab/acme.zerossl.com'].map((name) =>
        parameter(action, `perennial/production/${name}`),
      ),
    );
    const paths = ['perennial', 'perennial/production', 'perennial/production/eab'];
    for (const one of [...asked, ...paths.map((path) => parameter('GetParametersByPath', path))])
      expect(await may(one, { policies }), JSON.stringify(one)).toBe(false);
    expect(await may(parameter('GetParameter', 'database/password'), { policies })).toBe(true);
  });
});

describe("a certificate's key", () => {
  it('is read with ReadOnlyAccess where no host roles are listed, and so it is said in docs/operate/security.md', async () => {
    const policies = [managed.ReadOnlyAccess as Policy];
    for (const key of KEYS) expect(await may(reading('s3:GetObject', key, ':web:'), { policies })).toBe(true);
  });

  it.each(KEYS)('%s is read by nobody else once they are', async (key) => {
    for (const [what, policies] of holdings())
      for (const action of ['s3:GetObject', 's3:GetObjectVersion'])
        for (const groups of [undefined, ':web:', ':web:db:'])
          expect(await may(reading(action, key, groups), { stack: listed, policies }), what).toBe(false);
  });

  it.each<[string, string, string | undefined, boolean]>([
    ['a listed host of its group', WEB_HOSTS, ':web:', true],
    ['a listed host of its group that shares it', WEB_HOSTS, ':db:web:', true],
    ['a listed host of another group', WEB_HOSTS, ':db:', false],
    ['a listed host, where it has no tag', WEB_HOSTS, undefined, false],
    ['a host of two groups', BOTH, ':db:', true],
    ['a host of two groups, where it is of a third', BOTH, ':mail:', false],
    ['who is listed for every key', EXPORTER, ':mail:', true],
    ['who is listed for every key, without a tag', EXPORTER, undefined, true],
  ])('by %s', async (_who, principal, groups, expected) => {
    const asking = {
      stack: listed,
      principal,
      policies: [...all(), ...hostPolicy('Web'), ...hostPolicy('Db')],
    };
    for (const key of KEYS) expect(await may(reading('s3:GetObject', key, groups), asking)).toBe(expected);
    for (const key of SECRETS) expect(await may(reading('s3:GetObject', key, ':web:'), asking)).toBe(false);
  });

  it('is read by the roles that work with it, as before', async () => {
    const cases = ['RenewRole', 'AcmRole'].map((id) => ({
      stack: listed,
      principal: `arn:aws:iam::123456789012:role/${id}`,
      policies: policiesOf(listed, id),
    }));
    for (const asking of cases)
      expect(await may(reading('s3:GetObject', KEYS[0] ?? '', ':web:'), asking)).toBe(true);
  });
});
