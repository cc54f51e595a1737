import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Authorization } from '../../local/iam/authorization.ts';
import { isAllowed, type Policy } from '../../local/iam/policy.ts';
import { bucketPolicyOf, type Resources } from '../../local/iam/template-policies.ts';
import { ensureSetup } from '../../local/setup.ts';
import { packageStack, readTemplate, SAMPLE_PARAMS } from '../../tools/check/package-stack.ts';

export const MANAGED_POLICIES = [
  'AmazonSSMManagedInstanceCore',
  'AmazonSSMManagedEC2InstanceDefaultPolicy',
  'ReadOnlyAccess',
] as const;
export const WEB_HOSTS = 'arn:aws:iam::123456789012:role/web-hosts';
export const DB_HOSTS = 'arn:aws:iam::123456789012:role/db-hosts';

/** Of another account. */
export const ZONE_ROLE = 'arn:aws:iam::210987654321:role/dns';
export const ZONE_READ_ROLE = 'arn:aws:iam::210987654321:role/dns-read';

export interface Packaged {
  /** as deployed by default, with the host groups web and db */
  plain: Resources;
  /** with `hostRoles` of both, and with zones in another account */
  listed: Resources;
  /** the text of AWS's managed policies, by name */
  managed: Record<string, Policy>;
  stop(): Promise<void>;
}

export async function packageTwice(): Promise<Packaged> {
  const folder = await mkdtemp(join(tmpdir(), 'perennial-attacks-'));
  const pack = async (name: string, more: object) => {
    const params = { ...SAMPLE_PARAMS, hostGroups: '{"web":{},"db":{}}', ...more };
    return readTemplate(await packageStack({ stage: 'production', folder: join(folder, name), params }));
  };
  const hostRoles = JSON.stringify({ web: [WEB_HOSTS], db: [DB_HOSTS] });
  const dns = { roleArn: ZONE_ROLE, readRoleArn: ZONE_READ_ROLE, externalId: 'x-1' };
  const zoneRoles = JSON.stringify({ dns });
  return {
    managed: await managedPolicies(),
    plain: await pack('plain', {}),
    listed: await pack('listed', { hostRoles, zoneRoles }),
    stop: () => rm(folder, { recursive: true, force: true }),
  };
}

/** The text that moto carries. */
async function managedPolicies(): Promise<Record<string, Policy>> {
  const script = `import json, sys
from moto.iam.aws_managed_policies import aws_managed_policies_data as data
all = json.loads(data)
print(json.dumps({name: all[name]["Document"] for name in sys.argv[1:]}))`;
  const { venvBin } = await ensureSetup();
  const { stdout } = await promisify(execFile)(join(venvBin, 'python'), ['-c', script, ...MANAGED_POLICIES]);
  const named = Object.entries(JSON.parse(stdout)).map(([name, document]) => [name, { name, document }]);
  return Object.fromEntries(named);
}

export interface Asking {
  stack: Resources;
  principal?: string;
  policies: readonly Policy[];
}

/** What of these somebody may do, by his policies and the bucket's. */
export async function allowedOf(
  asked: readonly Authorization[],
  { stack, principal = 'arn:aws:iam::123456789012:role/stranger', policies }: Asking,
): Promise<string[]> {
  const bucketPolicy = bucketPolicyOf(stack);
  const allowed: string[] = [];
  for (const one of asked)
    if (await isAllowed(policies, one, { principal, bucketPolicy }))
      allowed.push(`${one.action} on ${one.resource}`);
  return allowed;
}

export const inBucket = (action: string, key: string, groups?: string): Authorization => ({
  action: `s3:${action}`,
  resource: `arn:aws:s3:::Bucket/${key}`,
  context: groups === undefined ? {} : { 's3:ExistingObjectTag/perennial-groups': groups },
});
