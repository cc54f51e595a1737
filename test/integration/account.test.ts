import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AccountStore } from '../../lib/adapters/acme/account-context.ts';
import { openAuthority, openStoredAuthority } from '../../lib/adapters/acme/accounts.ts';
import { StoredAccounts } from '../../lib/adapters/acme/change-account.ts';
import { newAccountKey } from '../../lib/adapters/acme/stored-account.ts';
import { thumbprintOfKey } from '../../lib/adapters/acme/thumbprint.ts';
import { accountKey, accountUrlKey, nextAccountKey } from '../../lib/foundation/certificate/object-keys.ts';
import { changeAccount } from '../../lib/issuance/ca/accounts.ts';
import { contested } from '../fakes/contested-store.ts';
import { MemoryStore } from '../fakes/memory-store.ts';
import { stackOf } from '../fakes/stack.ts';
import { type Ca, startCa } from './ca-fixture.ts';

let ca: Ca;
let bucket: MemoryStore;
let writesLeft: number;
let troubles: unknown[];

beforeAll(async () => {
  ca = await startCa();
});
afterAll(() => ca?.pebble.stop());
beforeEach(() => {
  bucket = new MemoryStore();
  bucket.beforeWrite = dieIfDue;
  writesLeft = Number.POSITIVE_INFINITY;
  troubles = [];
});

/** Dies after as many writes as are left. */
function dieIfDue(): void {
  if (writesLeft === 0) throw new Error('the function died');
  writesLeft -= 1;
}

const store: AccountStore = {
  list: (prefix) => bucket.list(prefix),
  get: (key) => bucket.get(key),
  create: (key, body) => bucket.create(key, body),
  replace: (key, body, options) => bucket.replace(key, body, options),
  put: (key, body) => bucket.put(key, body),
  remove: async (key, options) => {
    dieIfDue();
    await bucket.remove(key, options);
  },
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
  const seen = () => JSON.parse(bucket.text(accountUrlKey(ca.pebble.directoryUrl)));
  const thumbprintInUse = () =>
    thumbprintOfKey(JSON.parse(bucket.text(accountKey(ca.pebble.directoryUrl))).key);

  it('is seen without its key, from its first opening on', async () => {
    const { accountUrl } = await open();
    expect(seen()).toEqual({ url: accountUrl, thumbprint: thumbprintInUse() });
  });

  it('is seen after a rollover, and when another one took its place', async () => {
    const { accountUrl } = await open();
    await ask('rollover');
    expect(seen()).toEqual({ url: accountUrl, thumbprint: thumbprintInUse() });
    await bucket.put(accountUrlKey(ca.pebble.directoryUrl), 'another');
    await openAuthority(ca.pebble.directoryUrl, way(), { lost: accountUrl });
    expect(seen()).toEqual({ url: accountUrl, thumbprint: thumbprintInUse() });
  });

  it('is put right by whoever opens the account, and costs no write where it is right', async () => {
    const { accountUrl } = await open();
    await bucket.remove(accountUrlKey(ca.pebble.directoryUrl));
    await open();
    expect(seen()).toEqual({ url: accountUrl, thumbprint: thumbprintInUse() });
    writesLeft = 0;
    await open();
    expect(troubles).toEqual([]);
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
    const { directoryUrl } = ca.pebble;
    expect(bucket.keys()).toEqual([accountUrlKey(directoryUrl), accountKey(directoryUrl)]);
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
    await bucket.put(nextAccountKey(ca.pebble.directoryUrl), newAccountKey());
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

describe('of two workers at a time', () => {
  const key = () => accountKey(ca.pebble.directoryUrl);
  const stored = () => JSON.parse(bucket.text(key()));
  const openLate = (late: AccountStore, options: { lost?: string } = {}) =>
    openAuthority(ca.pebble.directoryUrl, { ...way(), store: late }, options);

  it('that both make the first account, who comes later uses the other one', async () => {
    const late = contested(bucket, key(), () => open());
    const authority = await openLate(late);
    expect(late.contests).toBe(1);
    expect((await authority.caaIssuer())?.accountUri).toBe(stored().url);
    expect(await order(authority)).toBe('pending');
  });

  it('that both replace a lost account, who comes later uses the other one', async () => {
    await open();
    const lost = 'https://ca.test/lost';
    await bucket.put(key(), JSON.stringify({ ...stored(), key: newAccountKey(), url: lost }));
    const replace = () => openAuthority(ca.pebble.directoryUrl, way(), { lost });
    const late = contested(bucket, key(), replace);
    const authority = await openLate(late, { lost });
    expect(late.contests).toBe(1);
    expect(stored().url).not.toBe(lost);
    expect((await authority.caaIssuer())?.accountUri).toBe(stored().url);
    expect(await order(authority)).toBe('pending');
  });

  it('that one has replaced the account meanwhile, a rollover does not write its key over that', async () => {
    await open();
    const theirs = JSON.stringify({ ...stored(), key: newAccountKey(), url: 'https://ca.test/theirs' });
    const late = contested(bucket, key(), () => bucket.put(key(), theirs));
    const rollOver = new StoredAccounts({ ...way(), store: late }).rollOver(ca.pebble.directoryUrl);
    await expect(rollOver).rejects.toThrow('was changed meanwhile');
    expect(bucket.text(key())).toBe(theirs);
  });

  it('that both begin a rollover, both use one new key', async () => {
    await open();
    const next = nextAccountKey(ca.pebble.directoryUrl);
    const theirs = newAccountKey();
    const late = contested(bucket, next, () => bucket.put(next, theirs));
    await new StoredAccounts({ ...way(), store: late }).rollOver(ca.pebble.directoryUrl);
    expect(stored().key).toBe(theirs);
    expect(await order(await open())).toBe('pending');
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
