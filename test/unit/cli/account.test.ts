import { beforeEach, describe, expect, it } from 'vitest';
import { accountsFrom } from '../../../cli/commands/account.ts';
import { StackError } from '../../../cli/stack/stack-error.ts';
import { pointerText } from '../../../lib/foundation/certificate/live-pointer.ts';
import { accountKey } from '../../../lib/foundation/certificate/object-keys.ts';
import type { AccountFound } from '../../../lib/issuance/ca/accounts.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { pointerOf } from '../../fakes/pointers.ts';

const STORED = new Date('2026-11-01T00:00:00Z');
const NOW = new Date('2026-11-20T02:00:00Z');
const OWN = 'https://own.test/dir';
const OTHER = 'https://other.test/dir';
const URL = 'https://own.test/acct/1';
const found: AccountFound = {
  ca: OWN,
  url: URL,
  atCa: 'found',
  contact: 'you@example.com',
  keyFingerprint: 'f'.repeat(64),
  rolloverOpen: false,
};
let store: MemoryStore;

beforeEach(async () => {
  store = new MemoryStore(() => STORED);
  await store.put(accountKey(OWN), JSON.stringify({ key: 'SECRET', url: URL }));
  const bound = `0 issue "own.test; accounturi=${URL}; validationmethods=dns-01"`;
  const caa = [
    {
      name: 'example.com',
      values: [bound, `0 issue "own.test; accounturi=${URL}2"`, '0 issue "other.test"'],
    },
  ];
  const pointer = { ...pointerOf(new Date('2027-01-30T00:00:00Z'), 90), ca: OWN, caa };
  await store.put('live/shop.json', pointerText(pointer));
  await store.put('renewal/new.json', JSON.stringify({ names: ['new.example.com'], ca: OTHER }));
});

const accounts = (ask: (ca: string) => Promise<AccountFound>) =>
  accountsFrom(store, { cas: [OWN, OWN], ask }, NOW);

describe('account', () => {
  it('tells of each CA the address, the contact, the age of the key and what CAA binds to it; no key', async () => {
    const { ok, json, text } = await accounts(async () => found);
    expect({ ok, json }).toMatchObject({
      ok: true,
      json: {
        accounts: [
          {
            ca: OWN,
            url: URL,
            contact: 'you@example.com',
            keyStoredAt: STORED.toISOString(),
            keyAgeDays: 19,
            pinned: [{ certificate: 'shop', name: 'example.com', value: expect.stringContaining(URL) }],
          },
          { ca: OTHER, pinned: [] },
        ],
      },
    });
    expect(text).toMatch(/19 days +│ 1 name /);
    expect(text).toContain(`CAA at example.com (shop): 0 issue "own.test; accounturi=${URL}`);
    expect(text).toMatch(/no account yet; the\s/);
    expect(JSON.stringify(json) + text).not.toContain('SECRET');
  });

  it('asks nothing of a CA where there is no account', async () => {
    const asked: string[] = [];
    await accounts(async (ca) => {
      asked.push(ca);
      return found;
    });
    expect(asked).toEqual([OWN]);
  });

  it.each<[string, Partial<AccountFound>, RegExp]>([
    ['the CA lost it', { atCa: 'not-found' }, /registers\s/],
    ['a change of its key did not end', { rolloverOpen: true }, /change of its key did not end/],
  ])('is not well where %s, and says so', async (_, change, remark) => {
    const { ok, text } = await accounts(async () => ({ ...found, ...change }));
    expect(ok).toBe(false);
    expect(text.replace(/[\s│]+/g, ' ')).toMatch(remark);
  });

  it('tells the others where one cannot be asked', async () => {
    const { ok, json } = await accounts(async () => {
      throw new StackError('function-failed', 'it failed');
    });
    expect({ ok, json }).toMatchObject({
      ok: false,
      json: { accounts: [{ ca: OWN, trouble: 'it failed' }, { ca: OTHER }] },
    });
  });
});
