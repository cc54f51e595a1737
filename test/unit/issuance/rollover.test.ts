import { beforeEach, expect, it } from 'vitest';
import { type Accounts, changeAccount } from '../../../lib/issuance/ca/accounts.ts';
import type { AccountIssuer } from '../../../lib/issuance/dns/rules/persist-record.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { stackOf } from '../../fakes/stack.ts';

const CA = 'https://ca.test/directory';
const NEXT: AccountIssuer = {
  identity: 'ca.test',
  accountUri: 'https://ca.test/acct/1',
  hash: { prefix: 'https://ca.test/hash/', thumbprint: 'B'.repeat(43) },
};
let store: MemoryStore;
let issuer: AccountIssuer | undefined;
let rolledOver: number;
let warnings: string[];

beforeEach(async () => {
  store = new MemoryStore(() => new Date(0));
  issuer = NEXT;
  rolledOver = 0;
  warnings = [];
  const persist = { challenge: 'dns-persist-01', caa: { mode: 'off' } };
  const files = {
    shop: { names: ['example.com', '*.example.com'], ...persist },
    api: { names: ['api.example.com', 'example.com'], ...persist },
    written: { names: ['written.example.com'] },
    elsewhere: { names: ['else.example.com'], ca: ['https://other.test/directory'], ...persist },
  };
  for (const [name, file] of Object.entries(files))
    await store.put(`renewal/${name}.json`, JSON.stringify(file));
  await store.put('renewal/broken.json', '{');
});

const accounts: Accounts = {
  show: async (ca) => ({
    ca,
    url: NEXT.accountUri,
    atCa: 'found',
    contact: undefined,
    keyFingerprint: '',
    rolloverOpen: rolledOver === 0,
  }),
  nextIssuer: async () => issuer,
  rollOver: async () => {
    rolledOver += 1;
  },
  updateContact: async () => {},
};
const roll = (more: object = {}) => {
  const stack = stackOf({ defaultCa: CA });
  const warn = (message: string) => void warnings.push(message);
  return changeAccount({ accounts, stack, store, warn }, { account: 'rollover', ...more });
};

it('a rollover names the standing records that its key changes before anything changes, and then waits for a word', async () => {
  const found = await roll();
  expect(found.publishFirst?.map(({ name }) => name)).toEqual([
    '_validation-persist.api.example.com',
    '_validation-persist.example.com',
  ]);
  expect(found.publishFirst?.map(({ value }) => value)).toEqual([
    expect.stringMatching(/^ca\.test; accounturi=https:\/\/ca\.test\/hash\/sha-256\/[\w-]{43}$/),
    expect.stringMatching(/sha-256\/[\w-]{43}; policy=wildcard$/),
  ]);
  expect(found.next).toContain('the key is not changed yet');
  expect(rolledOver).toBe(0);
  expect(warnings).toEqual([expect.stringContaining('the standing records of broken are not known')]);
  expect(await roll({ confirm: true })).not.toHaveProperty('publishFirst');
  expect(rolledOver).toBe(1);
});

it.each([
  [
    'at a CA whose records name no key',
    () => {
      issuer = undefined;
    },
  ],
  [
    'where no certificate has a standing record',
    async () => {
      for (const name of ['shop', 'api']) await store.remove(`renewal/${name}.json`);
    },
  ],
])('a rollover waits for nothing %s', async (_, change) => {
  await change();
  await roll();
  expect(rolledOver).toBe(1);
});

it('an event that confirms by anything but true is refused', async () => {
  await expect(roll({ confirm: 'yes' })).rejects.toMatchObject({ reason: 'event-invalid' });
});
