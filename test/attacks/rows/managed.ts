import assert from 'node:assert/strict';
import type { Attack } from '../attack.ts';
import { allowedOf, WEB_HOSTS } from '../packaged.ts';
import {
  ACCOUNTS,
  asks,
  CLAIMS,
  EAB,
  hostOf,
  KEYS,
  managedOf,
  nothingOf,
  parameter,
  reads,
  SSM,
} from '../principals.ts';

const NO_SECRETS: [what: string, keys: readonly string[]][] = [
  ["the keys of the stack's accounts at CAs, and old versions of them", ACCOUNTS],
  ['the secrets of external accounts', EAB],
  ['claims, with keys of orders under way, and what was set aside', CLAIMS],
];

export const MANAGED: readonly Attack[] = [
  ...NO_SECRETS.map(
    ([what, keys]): Attack => ({
      tried: `reads ${what}`,
      must: "the bucket's policy refuses it, to each policy alone and to all with the policies of all groups",
      quick: true,
      async run(stages) {
        const packaged = await stages.packaged();
        const all = managedOf(packaged);
        const holdings = [
          ...all.map((one) => [one]),
          [...all, ...hostOf(packaged, 'Web'), ...hostOf(packaged, 'Db')],
        ];
        const asked = [...reads(keys), ...reads(keys, ':web:')];
        const allowed = await Promise.all(
          holdings.map((policies) => allowedOf(asked, { stack: packaged.plain, policies })),
        );
        const open = await allowedOf(reads(['renewal/example.com.json']), {
          stack: packaged.plain,
          policies: all,
        });
        return nothingOf(allowed.flat(), open, holdings.length * asked.length);
      },
    }),
  ),
  {
    tried: "reads certificates' keys, with a group's host policy beside, where `hostRoles` is set",
    must: 'only roles that are listed may, and he is none',
    quick: true,
    async run(stages) {
      const packaged = await stages.packaged();
      const policies = [...managedOf(packaged), ...hostOf(packaged, 'Web')];
      const asked = [...reads(KEYS), ...reads(KEYS, ':web:'), ...reads(KEYS, ':web:db:')];
      const allowed = await allowedOf(asked, { stack: packaged.listed, policies });
      const listed = await allowedOf(reads(KEYS, ':web:'), {
        stack: packaged.listed,
        policies,
        principal: WEB_HOSTS,
      });
      return nothingOf(allowed, listed, asked.length);
    },
  },
  {
    tried:
      "reads the stack's path in Parameter Store, by name, history and path, with a group's host policy beside",
    must: 'the host policy denies it; nothing secret is there any more',
    quick: true,
    async run(stages) {
      const packaged = await stages.packaged();
      const policies = [...managedOf(packaged), ...hostOf(packaged, 'Web')];
      const asked = [
        ...['GetParameter', 'GetParameters', 'GetParameterHistory'].flatMap((action) =>
          ['/acme-account/a', '/eab/acme.zerossl.com'].map((path) => parameter(action, path)),
        ),
        ...['', '/eab', '/acme-account'].map((path) => parameter('GetParametersByPath', path)),
      ];
      const allowed = await allowedOf(asked, { stack: packaged.plain, policies });
      const other = [asks('ssm:GetParameter', `${SSM}:parameter/database/password`)];
      return nothingOf(allowed, await allowedOf(other, { stack: packaged.plain, policies }), asked.length);
    },
  },
  {
    tried: "reads the functions' settings, with `ReadOnlyAccess`",
    must: 'no function has a key, a secret or a credential in its environment',
    quick: true,
    async run(stages) {
      const { plain } = await stages.packaged();
      const functions = Object.values(plain).filter(({ Type }) => Type === 'AWS::Lambda::Function');
      assert.ok(functions.length >= 11, `${functions.length} functions`);
      const settings = functions.flatMap(({ Properties = {} }) => {
        const { Variables = {} } = (Properties.Environment ?? {}) as { Variables?: Record<string, unknown> };
        return Object.entries(Variables);
      });
      for (const [name, value] of settings) {
        assert.doesNotMatch(name, /SECRET|PASSWORD|TOKEN|PRIVATE_?KEY|HMAC|ACCESS_KEY/, name);
        assert.doesNotMatch(JSON.stringify(value), /PRIVATE KEY|secretsmanager|ssm-secure/, name);
      }
      return `${settings.length} settings of ${functions.length} functions`;
    },
  },
];
