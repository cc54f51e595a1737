import { beforeEach, describe, expect, it } from 'vitest';
import { listedAccount, nothingKept } from '../../../../lib/adapters/acme/kept-accounts.ts';
import { newAccountKey, showAddress } from '../../../../lib/adapters/acme/stored-account.ts';
import {
  accountContactKey,
  accountKey,
  accountUrlKey,
  nextAccountKey,
} from '../../../../lib/foundation/certificate/object-keys.ts';
import { MemoryStore } from '../../../fakes/memory-store.ts';
import { recordCalls } from '../../../fakes/recorded-calls.ts';

const CA = 'https://ca.test/directory';
const settings = {
  accountPrefix: '/accounts',
  eabPrefix: '/eab',
  contact: 'you@example.com',
  agreeToTerms: true,
  caaIdentity: undefined,
};
let bucket: MemoryStore;
let calls: string[];
let kept: ReturnType<typeof nothingKept>;

beforeEach(async () => {
  bucket = new MemoryStore();
  calls = [];
  kept = nothingKept();
  await bucket.put(accountKey(CA), 'first');
});

const place = () => ({ store: recordCalls(bucket, calls), kept, settings, directoryUrl: CA });
const read = async (key: string) => (await listedAccount(place()).get(key))?.body;

describe('an account that a process opens again', () => {
  it('is listed, and not read', async () => {
    expect(await read(accountKey(CA))).toBe('first');
    calls.length = 0;
    expect(await read(accountKey(CA))).toBe('first');
    expect(calls).toEqual([expect.stringMatching(/^list accounts\/keys\/ca\.test-[0-9a-f]{8}$/)]);
  });

  it('is read again once another worker has changed it', async () => {
    await read(accountKey(CA));
    await bucket.put(accountKey(CA), 'second');
    expect(await read(accountKey(CA))).toBe('second');
    await bucket.remove(accountKey(CA));
    expect(await read(accountKey(CA))).toBeUndefined();
  });

  it.each([nextAccountKey, accountContactKey])('has what came since: %o', async (keyOf) => {
    expect(await read(keyOf(CA))).toBeUndefined();
    await bucket.put(keyOf(CA), 'new');
    expect(await read(keyOf(CA))).toBe('new');
  });

  it('shows its address once, and once more where that failed or the account is another', async () => {
    const account = { key: newAccountKey(), url: 'https://ca.test/1' };
    bucket.beforeWrite = () => {
      throw new Error('down');
    };
    await expect(showAddress(place(), account)).rejects.toThrow('down');
    bucket.beforeWrite = () => {};
    await showAddress(place(), account);
    calls.length = 0;
    await showAddress(place(), account);
    expect(calls).toEqual([]);
    await showAddress(place(), { ...account, url: 'https://ca.test/2' });
    expect(JSON.parse(bucket.text(accountUrlKey(CA))).url).toBe('https://ca.test/2');
  });
});
