import { beforeEach, describe, expect, it } from 'vitest';
import { ownAccount, storedAccount } from '../../../../lib/adapters/acme/stored-account.ts';
import { readingEarlier } from '../../../../lib/adapters/acme/take-over.ts';
import {
  accountContactKey,
  accountKey,
  hostExternalAccountKey,
  nextAccountKey,
} from '../../../../lib/foundation/certificate/object-keys.ts';
import { MemoryStore } from '../../../fakes/memory-store.ts';

const CA = 'https://ca.test/directory';
const [id = ''] = accountKey(CA).split('/').at(-1)?.split('.json') ?? [];
const ACCOUNT = `/accounts/${id}`;
const EAB = '/eab/ca.test';
const account = (key: string, url = 'https://ca.test/1') => JSON.stringify({ key, url });

let store: MemoryStore;
let parameters: Map<string, string>;
let stepsLeft: number;
let troubles: unknown[];
/** The addresses of the CA's accounts, by key. */
let atCa: Map<string, string>;

beforeEach(() => {
  store = new MemoryStore();
  parameters = new Map();
  stepsLeft = Number.POSITIVE_INFINITY;
  troubles = [];
  atCa = new Map([['rolled over', 'https://ca.test/1']]);
  store.beforeWrite = step;
});

/** Dies after as many changes as are left. */
function step(): void {
  if (stepsLeft === 0) throw new Error('the function died');
  stepsLeft -= 1;
}

const place = () => ({
  directoryUrl: CA,
  store,
  earlier: {
    get: async (name: string) => parameters.get(name),
    remove: async (name: string) => {
      step();
      parameters.delete(name);
    },
  },
  settings: {
    accountPrefix: '/accounts',
    eabPrefix: '/eab',
    contact: 'you@example.com',
    agreeToTerms: true,
    caaIdentity: undefined,
  },
  onTrouble: (error: unknown) => troubles.push(error),
  addressOf: async (key: string) => atCa.get(key),
});
const open = () => ownAccount(place(), { externalAccount: true });

function keepBefore(): void {
  parameters.set(ACCOUNT, account('old'));
  parameters.set(`${ACCOUNT}-next`, 'new');
  parameters.set(`${ACCOUNT}-contact`, 'you@example.com');
  parameters.set(EAB, '{"kid":"kid-1","hmacKey":"c2VjcmV0LXNlY3JldA"}');
}

function expectAllMoved(): void {
  expect([...parameters.keys()]).toEqual([]);
  expect(store.text(accountKey(CA))).toBe(account('old'));
  expect(store.text(nextAccountKey(CA))).toBe('new');
  expect(store.text(accountContactKey(CA))).toBe('{"contact":"you@example.com"}');
  expect(store.text(hostExternalAccountKey(CA))).toBe('{"kid":"kid-1","hmacKey":"c2VjcmV0LXNlY3JldA"}');
}

describe('parameters of before', () => {
  it('are in the bucket after the first use, and nowhere else', async () => {
    keepBefore();
    expect(await open()).toMatchObject({ account: { key: 'old' } });
    expectAllMoved();
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 7])('survive a death after change number %i', async (changes) => {
    keepBefore();
    stepsLeft = changes;
    const first = await open().catch(({ message }: Error) => message);
    // With the account in the bucket, what is left to remove stops nothing.
    if (changes < 7) expect(first).toBe('the function died');
    else expect(troubles).toMatchObject([{ message: 'the function died' }]);
    const values = [...parameters.values(), ...store.keys().map((key) => store.text(key))].join();
    for (const secret of ['old', 'new', 'c2VjcmV0LXNlY3JldA']) expect(values).toContain(secret);
    if (store.keys().includes(accountKey(CA))) expect(store.text(nextAccountKey(CA))).toBe('new');
    stepsLeft = Number.POSITIVE_INFINITY;
    await open();
    expectAllMoved();
  });

  it('of an external account are left to the role that makes accounts', async () => {
    keepBefore();
    await ownAccount(place());
    expect([...parameters.keys()]).toEqual([EAB]);
  });

  it('do not replace what the bucket has', async () => {
    keepBefore();
    parameters.delete(`${ACCOUNT}-next`);
    await store.put(accountKey(CA), account('newer', 'https://ca.test/2'));
    expect(await open()).toMatchObject({ account: { key: 'newer' } });
    expect([...parameters.keys()]).toEqual([]);
    expect(store.keys()).not.toContain(nextAccountKey(CA));
  });

  it('that an older function wrote at the end of its rollover are kept as the next key, which the CA is asked about', async () => {
    await store.put(accountKey(CA), account('old'));
    parameters.set(ACCOUNT, account('rolled over'));
    await open();
    expect(store.text(nextAccountKey(CA))).toBe('rolled over');
    expect([...parameters.keys()]).toEqual([]);
  });

  it('are not believed to be the key of an account that the bucket has, unless the CA says so', async () => {
    await store.put(accountKey(CA), account('old'));
    parameters.set(ACCOUNT, account('planted'));
    parameters.set(`${ACCOUNT}-next`, 'planted, too');
    await open();
    expect(store.keys()).toEqual([accountKey(CA)]);
    expect([...parameters.keys()]).toEqual([`${ACCOUNT}-next`]);
    atCa.set('planted, too', 'https://ca.test/1');
    await open();
    expect(store.text(nextAccountKey(CA))).toBe('planted, too');
    expect([...parameters.keys()]).toEqual([]);
  });

  it('stay where the bucket has another next key', async () => {
    await store.put(accountKey(CA), account('old'));
    await store.put(nextAccountKey(CA), 'another');
    parameters.set(ACCOUNT, account('rolled over'));
    await open();
    expect([...parameters.keys()]).toEqual([ACCOUNT]);
  });

  it('that cannot be read stop nothing where the account is in the bucket, and are told', async () => {
    await store.put(accountKey(CA), account('old'));
    const down = { ...place().earlier, get: () => Promise.reject(new Error('down')) };
    expect(await ownAccount({ ...place(), earlier: down })).toMatchObject({ account: { key: 'old' } });
    expect(troubles).toMatchObject([{ message: 'down' }]);
  });

  it('that cannot be read are waited for where they may be the only account', async () => {
    const down = { ...place().earlier, get: () => Promise.reject(new Error('down')) };
    await expect(ownAccount({ ...place(), earlier: down })).rejects.toThrow('down');
  });

  it('are read where they are by a role that may not move them', async () => {
    keepBefore();
    stepsLeft = 0;
    const reading = readingEarlier(place());
    expect(await storedAccount({ store: reading, directoryUrl: CA })).toMatchObject({
      account: { key: 'old' },
    });
    expect(await reading.get(nextAccountKey(CA))).toMatchObject({ body: 'new' });
    expect(await reading.get('accounts/keys/other.json')).toBeUndefined();
  });
});
