import { describe, expect, it } from 'vitest';
import { learnLimits, NO_LIMITS } from '../../../lib/issuance/ca/rules/ca-limits.ts';
import {
  isSuggested,
  type OrderLimitFacts,
  orderLimitOf,
} from '../../../lib/issuance/renewal/rules/order-limit.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOW = new Date('2026-11-20T02:00:00Z');
const later = (ms: number) => new Date(NOW.getTime() + ms);
const ago = (...all: number[]) => all.map((ms) => later(-ms));
const hold = (more: Partial<OrderLimitFacts> = {}) =>
  orderLimitOf({
    names: ['example.com', '*.example.com'],
    limits: NO_LIMITS,
    issued: [],
    forced: false,
    ignoreBudget: false,
    resumes: false,
    now: NOW,
    ...more,
  });
const refused = (name: string, ...minutesAgo: number[]) => ({
  limits: [],
  failedAuthorizations: minutesAgo.map((minutes) => ({ name, at: later(-minutes * MINUTE).toISOString() })),
});
const limitedBy = (message: string) =>
  learnLimits(
    NO_LIMITS,
    { reason: 'acme-rate-limited', message, retryAfterMs: 2 * HOUR },
    { names: ['example.com'], now: NOW },
  );
const ACCOUNT = limitedBy('too many new orders (300) from this account');
const DOMAIN = limitedBy('too many certificates (50) already issued for "example.com"');

describe('the budget', () => {
  it.each<[string, Partial<OrderLimitFacts>, Date | undefined]>([
    ['nothing issued', {}, undefined],
    ['three in 7 days', { issued: ago(DAY, 2 * DAY, 3 * DAY) }, undefined],
    ['four in 7 days', { issued: ago(3 * DAY, DAY, 6 * DAY, 2 * DAY) }, later(DAY)],
    ['four, the first just over', { issued: ago(7 * DAY, DAY, DAY, DAY) }, undefined],
    ['four, the first not yet over', { issued: ago(7 * DAY - 1, DAY, DAY, DAY) }, later(1)],
    [
      'six: two have to pass',
      { issued: ago(1, 2, 3, 4, 5, 6).map((at) => new Date(at.getTime() - DAY)) },
      later(6 * DAY - 4),
    ],
    ['four by hand', { issued: ago(1, 1, 1, 1), forced: true }, later(7 * DAY - 1)],
    [
      'four, and it is to be ignored',
      { issued: ago(1, 1, 1, 1), forced: true, ignoreBudget: true },
      undefined,
    ],
    ['four, and an order that is under way', { issued: ago(1, 1, 1, 1), resumes: true }, undefined],
    ['four, and a life that ends soon', { issued: ago(1, 1, 1, 1), endsSoon: true }, undefined],
    ['five, and a life that ends soon', { issued: ago(1, 1, 1, 1, 2), endsSoon: true }, later(7 * DAY - 2)],
    [
      'four refused proofs, and a life that ends soon',
      { limits: refused('example.com', 1, 10, 20, 50), endsSoon: true },
      later(10 * MINUTE),
    ],
    ['three refused proofs in an hour', { limits: refused('example.com', 1, 2, 3) }, undefined],
    ['four refused proofs in an hour', { limits: refused('example.com', 1, 10, 20, 50) }, later(10 * MINUTE)],
    ['four of them, one over', { limits: refused('example.com', 1, 10, 20, 60) }, undefined],
    ['four for another name', { limits: refused('a.example.com', 1, 2, 3, 4) }, undefined],
    [
      'both: the longer counts',
      { limits: refused('example.com', 1, 1, 1, 1), issued: ago(1, 1, 1, 1) },
      later(7 * DAY - 1),
    ],
  ])('with %s', (_, facts, until) => {
    expect(hold(facts)?.until).toEqual(until);
    if (until) expect(hold(facts)?.reason).toBe('budget-spent');
  });

  it('is refused in one line with the instant and the way past it', () => {
    expect(hold({ issued: ago(DAY, DAY, DAY, DAY) })?.message).toBe(
      '4 certificates in 7 days are enough; the next at 2026-11-26T02:00:00.000Z, or now with "ignoreBudget": true beside "start": "force"',
    );
  });
});

describe("the CA's word", () => {
  it.each<[string, Partial<OrderLimitFacts>, boolean]>([
    ['', {}, true],
    ['by hand', { forced: true }, true],
    ['by hand, without the budget', { forced: true, ignoreBudget: true }, true],
    ['with an order under way', { resumes: true }, true],
  ])('for the account counts %s', (_, facts, isHeld) => {
    expect(hold({ limits: ACCOUNT, ...facts }) !== undefined).toBe(isHeld);
  });

  it('for a domain lets an order that is under way go on', () => {
    expect(hold({ limits: DOMAIN })).toMatchObject({
      reason: 'ca-limited',
      until: later(2 * HOUR),
      message: expect.stringMatching(/^not before 2026-11-20T04:00:00.000Z: too many certificates/),
    });
    expect(hold({ limits: DOMAIN, resumes: true })).toBeUndefined();
  });

  it('for a domain or a set does not hold up what the CA itself suggests, until it refuses that', () => {
    expect(isSuggested('suggested-window', undefined)).toBe(true);
    expect(isSuggested('suggested-window', 1)).toBe(false);
    expect(isSuggested('expires-soon', undefined)).toBe(false);
    expect(hold({ limits: DOMAIN, suggested: true })).toBeUndefined();
    expect(hold({ limits: ACCOUNT, suggested: true })?.reason).toBe('ca-limited');
    expect(hold({ issued: ago(1, 1, 1, 1), suggested: true })?.reason).toBe('budget-spent');
  });

  it('comes before the budget', () => {
    expect(hold({ limits: DOMAIN, issued: ago(1, 1, 1, 1) })?.reason).toBe('ca-limited');
  });
});

it('an instant that cannot be read counts for nothing, and hides no other', () => {
  const { failedAuthorizations } = refused('example.com', 0, 9, 66, 98, 106, 20);
  const spoilt = [...failedAuthorizations.slice(0, 3), { name: 'example.com', at: 'junk' }];
  const limits = { limits: [], failedAuthorizations: [...spoilt, ...failedAuthorizations.slice(3)] };
  expect(hold({ limits })).toBeUndefined();
});
