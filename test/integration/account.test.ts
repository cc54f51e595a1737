import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openAuthority, openStoredAuthority } from '../../lib/adapters/acme/accounts.ts';
import { StoredAccounts } from '../../lib/adapters/acme/change-account.ts';
import type { AccountStore } from '../../lib/adapters/acme/stored-account.ts';
import { newAccountKey } from '../../lib/adapters/acme/stored-account.ts';
import { changeAccount } from '../../lib/issuance/ca/accounts.ts';
import { accountIn } from '../../lib/issuance/ca/rules/account-parameter.ts';
import { MemoryStore } from '../fakes/memory-store.ts';
import { stackOf } from '../fakes/stack.ts';
import { type Ca, startCa } from './ca-fixture.ts';

let ca: Ca;
let parameters: Map<string, string>;
/** What is seen of them without their values. */
let inTheOpen: Map<string, string | undefined>;
let writesLeft: number;
let troubles: unknown[];

beforeAll(async () => {
  ca = await startCa();
});
afterAll(() => ca?.pebble.stop());
beforeEach(() => {
  parameters = new Map();
  inTheOpen = new Map();
  writesLeft = Number.POSITIVE_INFINITY;
  troubles = [];
});

/** Dies after as many writes as are left. */
function write(change: () => void): void {
  if (writesLeft === 0) throw new Error('the function died');
  writesLeft -= 1;
  change();
}

const store: AccountStore & { remove(name: string): Promise<void> } = {
  get: async (name) => parameters.get(name),
  create: async (name, value, open) => {
    if (parameters.has(name)) return false;
    write(() => parameters.set(name, value) && inTheOpen.set(name, open));
    return true;
  },
  replace: async (name, value, open) => write(() => parameters.set(name, value) && inTheOpen.set(name, open)),
  remove: async (name) => write(() => parameters.delete(name) && inTheOpen.delete(name)),
};
const way = (contact = 'you@example.com') => ({
  store,
  settings: {
    accountPrefix: '/test',
    eabPrefix: '/eab',
    contact,
    agreeToTerms: true,
    caaIdentity: undefined,
  },
  onTrouble: (error: unknown) => troubles.push(error),
});
const open = (contact?: string) => openAuthority(ca.pebble.directoryUrl, way(contact));
const ask = (account: string, contact?: string) => {
  const accounts = new StoredAccounts(way(contact));
  const stack = stackOf({ defaultCa: ca.pebble.directoryUrl });
  const deps = { accounts, stack, store: new MemoryStore(() => new Date()), warn: () => {} };
  return changeAccount(deps, { account });
};
const order = async (authority: Awaited<ReturnType<typeof open>>) =>
  (await authority.createOrder({ names: ['a.example.com'], profile: 'classic' })).status;

describe('the address of the account', () => {
  const seen = () => [...inTheOpen.values()].map((text) => accountIn(text).accountUri);

  it('is seen without its key, from its first opening on', async () => {
    const { accountUrl } = await open();
    expect(seen()).toEqual([accountUrl]);
  });

  it('is seen after a rollover, and when another one took its place', async () => {
    const { accountUrl } = await open();
    await ask('rollover');
    expect(seen()).toEqual([accountUrl]);
    inTheOpen.clear();
    await openAuthority(ca.pebble.directoryUrl, way(), { lost: accountUrl });
    expect(seen()).toEqual([accountUrl]);
  });
});

describe('a rollover', () => {
  it('gives the account a new key and keeps its address', async () => {
    const { accountUrl } = await open();
    const before = await ask('show');
    const after = await ask('rollover');
    expect(after).toMatchObject({ url: accountUrl, atCa: 'found', rolloverOpen: false });
    expect(after.keyFingerprint).not.toBe(before.keyFingerprint);
    expect(await order(await open())).toMatch(/pending|ready/);
    expect([...parameters.keys()]).toHaveLength(1);
    expect(JSON.stringify([before, after])).not.toContain('PRIVATE KEY');
  });

  it.each([1, 2])(
    'that dies after its write number %i leaves an account that opens, and is ended by another',
    async (writes) => {
      const { accountUrl } = await open();
      writesLeft = writes;
      await expect(ask('rollover')).rejects.toThrow('the function died');
      const authority = await open();
      expect(authority.accountUrl).toBe(accountUrl);
      expect(await order(authority)).toMatch(/pending|ready/);
      expect(await order(await openStoredAuthority(ca.pebble.directoryUrl, way()))).toMatch(/pending|ready/);
      writesLeft = Number.POSITIVE_INFINITY;
      expect(await ask('rollover')).toMatchObject({ url: accountUrl, atCa: 'found', rolloverOpen: false });
      expect(await order(await open())).toMatch(/pending|ready/);
    },
  );

  it('that dies before the CA was asked leaves the old key in use', async () => {
    await open();
    const before = await ask('show');
    parameters.set(`${[...parameters.keys()][0]}-next`, newAccountKey());
    expect(await ask('show')).toMatchObject({ keyFingerprint: before.keyFingerprint, rolloverOpen: true });
    expect(await order(await open())).toMatch(/pending|ready/);
    expect(await ask('rollover')).toMatchObject({ atCa: 'found', rolloverOpen: false });
  });

  it('of two at a time ends with one key', async () => {
    await open();
    await Promise.allSettled([ask('rollover'), ask('rollover')]);
    expect(await ask('rollover')).toMatchObject({ atCa: 'found', rolloverOpen: false });
    expect(await order(await open())).toMatch(/pending|ready/);
  });
});

describe('the contact', () => {
  it('is told again when it was changed, once', async () => {
    await open();
    await open('new@example.com');
    expect(await ask('show')).toMatchObject({ contact: 'new@example.com' });
    writesLeft = 0;
    await open('new@example.com');
    expect(troubles).toEqual([]);
  });

  it('that cannot be told stops nothing', async () => {
    await open();
    expect(await order(await open('not a mail address'))).toMatch(/pending|ready/);
    expect(troubles).toHaveLength(1);
  });

  it('is told on request', async () => {
    await open();
    expect(await ask('contact', 'other@example.com')).toMatchObject({ contact: 'other@example.com' });
  });
});

describe('is refused in one line', () => {
  it('an account that is not there', async () => {
    await expect(ask('rollover')).rejects.toMatchObject({ reason: 'account-missing' });
    await expect(openStoredAuthority(ca.pebble.directoryUrl, way())).rejects.toMatchObject({
      reason: 'account-missing',
    });
  });

  it('what is not asked for so', async () => {
    await expect(ask('delete')).rejects.toMatchObject({ reason: 'event-invalid' });
  });
});
