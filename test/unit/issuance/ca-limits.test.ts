import { describe, expect, it } from 'vitest';
import {
  CaLimits,
  learnLimits,
  limitOn,
  NO_LIMITS,
  parseLimits,
} from '../../../lib/issuance/ca/rules/ca-limits.ts';

const HOUR = 3_600_000;
const NOW = new Date('2026-11-20T02:00:00Z');
const later = (ms: number) => new Date(NOW.getTime() + ms);
const limited = (message: string, retryAfterMs: number | undefined, more: object = {}) => ({
  reason: 'acme-rate-limited' as const,
  message,
  retryAfterMs,
  ...more,
});
const learn = (
  message: string,
  { names = ['a.example.com'], wait = 2 * HOUR, known = NO_LIMITS, now = NOW } = {},
) => learnLimits(known, limited(message, wait), { names, now });
const holds = (known: CaLimits, names: string[], now = NOW, forced = false) =>
  limitOn(known, { names, forced, now })?.until;
const ACCOUNT = 'too many new orders (300) from this account';
const DOMAIN = 'too many certificates (50) already issued for "example.com"';
const SET = 'too many certificates (5) already issued for this exact set of identifiers';
const NAME = 'too many failed authorizations (5) for "a.example.com"';

describe("the CA's Retry-After", () => {
  it.each<[string, string, string[], boolean]>([
    [ACCOUNT, 'anything', ['other.test'], true],
    [DOMAIN, 'the domain', ['example.com'], true],
    [DOMAIN, 'a wildcard below it', ['*.b.example.com'], true],
    [DOMAIN, 'a set with one name of it', ['other.test', 'b.example.com'], true],
    [DOMAIN, 'what only ends alike', ['notexample.com'], false],
    [SET, 'the set', ['a.example.com'], true],
    [SET, 'a part of it', ['a.example.com', 'b.example.com'], false],
    [NAME, 'a set with the name', ['b.example.com', 'a.example.com'], true],
    [NAME, 'its wildcard', ['*.a.example.com'], true],
    [NAME, 'a name below it', ['b.a.example.com'], false],
  ])('%s: holds up %s: %j %s', (message, _, names, isHeld) => {
    const known = learn(message);
    expect(holds(known, names)).toBe(isHeld ? later(2 * HOUR).toISOString() : undefined);
    expect(holds(known, names, later(2 * HOUR))).toBeUndefined();
  });

  it('is the later of two, and kept once for each scope', () => {
    const first = learn(ACCOUNT, { wait: 3 * HOUR });
    const both = learn(DOMAIN, { known: learn(ACCOUNT, { known: first, wait: 4 * HOUR }) });
    expect(both.limits.map(({ scope, until }) => [scope, until])).toEqual([
      ['account', later(4 * HOUR).toISOString()],
      ['registered-domain', later(2 * HOUR).toISOString()],
    ]);
    expect(holds(both, ['example.com'])).toBe(later(4 * HOUR).toISOString());
  });

  it('is forgotten when it is over', () => {
    const known = learn(ACCOUNT, { wait: 1000 });
    expect(learn(DOMAIN, { known, now: later(1000) }).limits).toHaveLength(1);
  });

  it.each([[undefined], [0]])('of %s is none', (wait) => {
    expect(learnLimits(NO_LIMITS, limited(ACCOUNT, wait), { names: [], now: NOW })).toBe(NO_LIMITS);
  });

  it('of a year counts a week', () => {
    expect(holds(learn(ACCOUNT, { wait: 365 * 24 * HOUR }), ['x.test'])).toBe(
      later(7 * 24 * HOUR).toISOString(),
    );
  });

  it('survives being kept', () => {
    const known = learn(DOMAIN);
    expect(CaLimits.parse(JSON.parse(JSON.stringify(known)))).toEqual(known);
  });
});

describe('terms that changed', () => {
  const known = learnLimits(
    NO_LIMITS,
    { reason: 'acme-user-action-required', message: 'agree' },
    { names: ['a.test'], now: NOW },
  );

  it('hold up the account for a day, without a Retry-After', () => {
    expect(holds(known, ['b.test'])).toBe(later(24 * HOUR).toISOString());
  });

  it('do not hold up who asks by hand, and may have agreed', () => {
    expect(holds(known, ['b.test'], NOW, true)).toBeUndefined();
    expect(holds(learn(ACCOUNT), ['b.test'], NOW, true)).toBeDefined();
  });
});

it.each(['2038-01-19T03:14:07Z', 'soon'])('an instant that cannot be meant counts as passed: %s', (at) => {
  const known = learn(ACCOUNT, { wait: 365 * 24 * HOUR });
  const stored = {
    limits: [...known.limits, { ...known.limits[0], until: at }],
    failedAuthorizations: [
      { name: 'a.test', at },
      { name: 'b.test', at: NOW.toISOString() },
    ],
  };
  expect(parseLimits(JSON.stringify(stored), NOW)).toEqual({
    limits: known.limits,
    failedAuthorizations: [{ name: 'b.test', at: NOW.toISOString() }],
  });
});

describe('refused proofs', () => {
  const refusal = { reason: 'challenge-invalid' as const, message: 'no', unproved: ['a.test', 'b.test'] };
  const refuse = (known: CaLimits, now: Date) => learnLimits(known, refusal, { names: [], now });

  it('are kept for an hour, each with its name', () => {
    const known = refuse(refuse(NO_LIMITS, NOW), later(HOUR - 1));
    expect(known.failedAuthorizations.map(({ name }) => name)).toEqual([
      'a.test',
      'b.test',
      'a.test',
      'b.test',
    ]);
    expect(refuse(known, later(HOUR)).failedAuthorizations).toHaveLength(4);
  });
});
