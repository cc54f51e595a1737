import assert from 'node:assert/strict';
import type { Authorization } from '../../local/iam/authorization.ts';
import { policiesOf } from '../../local/iam/template-policies.ts';
import { inBucket, MANAGED_POLICIES, type Packaged } from './packaged.ts';

export const SSM = 'arn:aws:ssm:us-east-1:123456789012';
export const VERSION = 'archive/example.com/20261120T184502Z-3f9a2c';
export const KEYS = [`${VERSION}/privkey.pem`, 'live/example.com/privkey.pem', 'live/example.com/bundle.pem'];
export const ACCOUNTS = [
  'accounts/keys/acme-v02.api.letsencrypt.org-1a2b3c4d.json',
  'accounts/keys/acme-v02.api.letsencrypt.org-1a2b3c4d-next.pem',
];
export const EAB = ['accounts/eab/acme.zerossl.com.json'];
export const CLAIMS = ['pending/example.com.json', 'aside/pending/example.com.json.20261120T020000Z'];

export const asks = (
  action: string,
  resource = '*',
  context: Authorization['context'] = {},
): Authorization => ({
  action,
  resource,
  context,
});
export const reads = (keys: readonly string[], groups?: string) =>
  keys.flatMap((key) => ['GetObject', 'GetObjectVersion'].map((action) => inBucket(action, key, groups)));
export const parameter = (action: string, path: string) =>
  asks(`ssm:${action}`, `${SSM}:parameter/perennial/production${path}`);
export const managedOf = ({ managed }: Packaged) => MANAGED_POLICIES.flatMap((name) => managed[name] ?? []);
export const hostOf = ({ plain }: Packaged, group: 'Web' | 'Db') => policiesOf(plain, `Hosts${group}Policy`);

/** Nothing of it is allowed; the other is, so that a mistake in the question does not look like a guard. */
export function nothingOf(allowed: readonly string[], control: readonly string[], many: number): string {
  assert.deepEqual(allowed, []);
  assert.ok(control.length > 0, 'the control is allowed');
  return `${many} refused`;
}
