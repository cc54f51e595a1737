import { beforeEach, expect, it } from 'vitest';
import { type Accounts, changeAccount } from '../../../lib/issuance/ca/accounts.ts';
import type { AccountIssuer } from '../../../lib/issuance/dns/rules/issuer.ts';
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
let calls: string[];
let warnings: string[];

beforeEach(async () => {
  store = new MemoryStore(() => new Date(0));
  issuer = NEXT;
  rolledOver = 0;
  calls = [];
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
  rollOver: async (ca) => {
    rolledOver += 1;
    calls.push(`rollover ${ca}`);
  },
  updateContact: async (ca) => void calls.push(`contact ${ca}`),
};
const change = (event: object) => {
  const stack = stackOf({ defaultCa: CA });
  const warn = (message: string) => void warnings.push(message);
  return changeAccount({ accounts, stack, store, warn }, event);
};
const roll = (more: object = {}) => change({ account: 'rollover', ...more });

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
  expect(found).toMatchObject({ ca: CA, url: NEXT.accountUri });
  expect(found.next).toBe(
    'the key is not changed yet: put these TXT values beside those that stand, then send the event again with "confirm": true',
  );
  expect(rolledOver).toBe(0);
  expect(warnings).toEqual([expect.stringContaining('the standing records of broken are not known')]);
  expect(await roll({ confirm: true })).not.toHaveProperty('publishFirst');
  expect(rolledOver).toBe(1);
});

it('a rollover waits for a single standing record, too', async () => {
  await store.remove('renewal/shop.json');
  await store.put(
    'renewal/api.json',
    JSON.stringify({ names: ['api.example.com'], challenge: 'dns-persist-01', caa: { mode: 'off' } }),
  );
  expect((await roll()).publishFirst).toHaveLength(1);
  expect(rolledOver).toBe(0);
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

const OTHER = 'https://other.test/directory';
it.each([
  [{ account: 'show' }, CA, []],
  [{ account: 'show', ca: OTHER }, OTHER, []],
  [{ account: 'contact' }, CA, [`contact ${CA}`]],
  [{ account: 'contact', ca: OTHER, confirm: true }, OTHER, [`contact ${OTHER}`]],
  [{ account: 'rollover', confirm: true }, CA, [`rollover ${CA}`]],
  [{ account: 'rollover', ca: OTHER, confirm: true }, OTHER, [`rollover ${OTHER}`]],
])('%o shows the account at %s after what was asked for, and nothing else: %o', async (event, ca, asked) => {
  const found = await change(event);
  expect(found).toMatchObject({ ca });
  expect(found).not.toHaveProperty('publishFirst');
  expect(calls).toEqual(asked);
});

it.each([
  [{ account: 'remove' }, /^event.*account/],
  [{ account: 'show', ca: 'http://ca.test/directory' }, /^event.*ca/],
  [{ account: 'show', all: true }, /^event.*all/],
])('%o is refused with what is wrong', async (event, message) => {
  await expect(change(event)).rejects.toMatchObject({
    reason: 'event-invalid',
    message: expect.stringMatching(message),
  });
  expect(calls).toEqual([]);
});
