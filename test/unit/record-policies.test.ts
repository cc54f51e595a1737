import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { isAllowed } from '../../local/iam/policy.ts';
import { type Resources, resolve } from '../../local/iam/template-policies.ts';

const require = createRequire(import.meta.url);
const recordPolicies = require('../../resources/record-policies.cjs');
const { namesOf } = require('../../resources/record-names.cjs');

const DOMAINS = Array.from({ length: 200 }, (_, index) => `shop-${index}.customer-${index}.example.com`);
const context = {
  resolveVariable: async (name: string) => (name.endsWith('.domains') ? DOMAINS.join(',') : ''),
};
const [own] = await namesOf(context);
const { Resources: made } = await recordPolicies(context);
const policies = Object.entries<Resources[string]>(made).map(([name, { Properties = {} }]) => ({
  name,
  document: resolve(made, Properties.PolicyDocument),
}));
const KEY = 'route53:ChangeResourceRecordSets';

const may = (type: string, name: string, actions = ['CREATE', 'DELETE'], without = 'nothing') => {
  const asked = {
    [`${KEY}Actions`]: actions,
    [`${KEY}RecordTypes`]: [type],
    [`${KEY}NormalizedRecordNames`]: [name],
  };
  return isAllowed(policies, {
    action: KEY,
    resource: 'arn:aws:route53:::hostedzone/Z1',
    context: Object.fromEntries(Object.entries(asked).filter(([key]) => !key.endsWith(without))),
  });
};

describe('names that have no room in the role itself', () => {
  const further = DOMAINS.filter((domain) => !own.caa.includes(domain));
  const [one = '', last = ''] = [further[0], further.at(-1)];

  it('are in further policies, of renew alone', () => {
    expect(further.length).toBeGreaterThan(0);
    for (const { Properties } of Object.values<Resources[string]>(made))
      expect(Properties?.Roles).toEqual([{ Ref: 'RenewRole' }]);
  });

  it.each([one, last])('of further policies are written as those of the role: %s', async (domain) => {
    expect(await may('TXT', `_acme-challenge.${domain}`)).toBe(true);
    expect(await may('TXT', `_acme-challenge.www.${domain}`)).toBe(true);
    expect(await may('CAA', domain)).toBe(true);
  });

  it.each<[string, string, string[]?, string?]>([
    ['TXT', one],
    ['TXT', '_acme-challenge.example.org'],
    ['CAA', 'example.com'],
    ['A', `_acme-challenge.${one}`],
    ['TXT', `_acme-challenge.${one}`, ['UPSERT']],
    ['TXT', `_acme-challenge.${one}`, ['CREATE'], 'Actions'],
    ['TXT', `_acme-challenge.${one}`, ['CREATE'], 'Types'],
    ['TXT', `_acme-challenge.${one}`, ['CREATE'], 'Names'],
  ])(
    'of further policies are no reason to write %s at %s %j (without %s)',
    async (type, name, actions, without) => {
      expect(await may(type, name, actions, without)).toBe(false);
    },
  );
});
