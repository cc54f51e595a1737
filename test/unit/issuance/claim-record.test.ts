import { describe, expect, it } from 'vitest';
import { CLAIM_SECONDS, ClaimRecord, isStale } from '../../../lib/issuance/renewal/rules/claim-record.ts';

const order = { url: 'https://ca.test/order/1', key: 'PEM', request: 'r', at: 'a', refusals: 1, tries: 1 };
const record = { zoneId: 'Z1', name: 'a.test', type: 'TXT', values: ['"a"'], ttl: 60, zoneRole: 'dns' };
const claim = { owner: 'run-1', leaseSeconds: 900, order, records: [record] };
const isRead = (value: unknown) => ClaimRecord.safeParse(value).success;
const without = (value: object, key: string) =>
  Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));

describe('what a claim recorded', () => {
  it('is read whole', () => {
    expect(ClaimRecord.parse(claim)).toEqual(claim);
    expect(ClaimRecord.parse(without(without(claim, 'order'), 'records')).records).toEqual([]);
    expect(isRead({ ...claim, records: [{ ...record, type: 'CAA' }] })).toBe(true);
  });

  it.each(['owner', 'leaseSeconds'])('cannot be used without %s', (key) => {
    expect(isRead(without(claim, key))).toBe(false);
  });

  it.each(['url', 'key', 'request'])('cannot be used without the %s of its order', (key) => {
    expect(isRead({ ...claim, order: without(order, key) })).toBe(false);
  });

  it.each(['zoneId', 'name', 'type', 'values', 'ttl'])('cannot be used without the %s of a record', (key) => {
    expect(isRead({ ...claim, records: [without(record, key)] })).toBe(false);
  });

  it.each([
    ['an order that is none', { ...claim, order: 'url' }],
    ['an instant that is none', { ...claim, order: { ...order, at: 5 } }],
    ['refusals that are no number', { ...claim, order: { ...order, refusals: '1' } }],
    ['tries that are no number', { ...claim, order: { ...order, tries: '1' } }],
    ['records that are no list', { ...claim, records: record }],
    ['a record of another type', { ...claim, records: [{ ...record, type: 'A' }] }],
    ['a record without a type', { ...claim, records: [{ ...record, type: '' }] }],
    ['values that are no texts', { ...claim, records: [{ ...record, values: [1] }] }],
    ['a role that is no name', { ...claim, records: [{ ...record, zoneRole: 1 }] }],
  ])('cannot be used with %s', (_, value) => {
    expect(isRead(value)).toBe(false);
  });
});

describe('a claim', () => {
  const modified = new Date('2026-11-20T02:00:00Z');
  const later = (ms: number) => ({ modified, at: new Date(modified.getTime() + ms) });

  it('lasts a quarter of an hour, longer than a function can run', () => {
    expect(CLAIM_SECONDS).toBe(900);
    expect(isStale({ leaseSeconds: 900 }, later(899_999))).toBe(false);
    expect(isStale({ leaseSeconds: 900 }, later(900_000))).toBe(true);
  });

  it('ends at once where it says so, and lasts no longer than any, whatever it says', () => {
    expect(isStale({ leaseSeconds: 0 }, later(0))).toBe(true);
    expect(isStale({ leaseSeconds: 9_999_999 }, later(900_000))).toBe(true);
  });
});
