import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { PrivateKeyPem } from '../../../lib/foundation/certificate/private-key-pem.ts';
import { rememberCaTrouble } from '../../../lib/issuance/ca/rules/ca-trouble.ts';
import { isStale } from '../../../lib/issuance/renewal/rules/claim-record.ts';
import {
  forget,
  lastFailed,
  parseState,
  rememberFailure,
  rememberRepair,
  rememberSuccess,
  type State,
} from '../../../lib/issuance/renewal/rules/state.ts';

const NOW = new Date('2026-11-20T02:00:00Z');
const MINUTE = 60_000;
const failure = { reason: 'acme-rate-limited', message: 'later' } as const;

describe('after a failure', () => {
  it.each([
    [undefined, 1, 1],
    [1, 2, 10],
    [2, 3, 100],
    [3, 4, 24 * 60],
    [4, 5, 24 * 60],
    [99, 100, 24 * 60],
  ])('number %s more, failure %i waits %i minutes', (before, failures, minutes) => {
    const state = before === undefined ? undefined : { failures: before };
    expect(rememberFailure(state, failure, NOW)).toEqual({
      failures,
      lastFailure: { at: NOW.toISOString(), ...failure },
      notBefore: new Date(NOW.getTime() + minutes * MINUTE).toISOString(),
    });
  });

  it.each([
    [30, 24 * 60],
    [8, 24 * 60],
    [4, 12 * 60],
    [0.1, 100],
    [-3, 100],
  ])('the fourth with %i days left waits %i minutes', (days, minutes) => {
    const neededBy = new Date(NOW.getTime() + days * 24 * 60 * MINUTE).toISOString();
    const state = rememberFailure({ failures: 3 }, { ...failure, neededBy }, NOW);
    expect(state.notBefore).toBe(new Date(NOW.getTime() + minutes * MINUTE).toISOString());
  });

  it.each([
    [34 * 60 * MINUTE, 34 * 60],
    [1000, 1],
    [0, 1],
  ])("the longer of the CA's wait of %i ms and ours counts", (retryAfterMs, minutes) => {
    const state = rememberFailure(undefined, { ...failure, retryAfterMs }, NOW);
    expect(state.notBefore).toBe(new Date(NOW.getTime() + minutes * MINUTE).toISOString());
  });

  it('a Retry-After of a year waits a week', () => {
    const state = rememberFailure(undefined, { ...failure, retryAfterMs: 365 * 24 * 60 * MINUTE }, NOW);
    expect(state.notBefore).toBe(new Date(NOW.getTime() + 7 * 24 * 60 * MINUTE).toISOString());
  });

  it.each(['acme-user-action-required', 'terms-not-agreed'] as const)(
    '%s is tried again daily, from the first on',
    (reason) => {
      const state = rememberFailure(undefined, { ...failure, reason }, NOW);
      expect(state.notBefore).toBe(new Date(NOW.getTime() + 24 * 60 * MINUTE).toISOString());
    },
  );

  it("the CA's suggested instant is kept", () => {
    const state: State = { failures: 0, suggested: { certId: 'a.b', at: NOW.toISOString() } };
    expect(rememberFailure(state, failure, NOW).suggested).toEqual(state.suggested);
  });
});

describe('what failed', () => {
  const later = new Date(NOW.getTime() + MINUTE);
  const renewal = rememberFailure(undefined, failure, NOW);
  const both = rememberFailure(renewal, { ...failure, repair: 'left-open' }, later);

  it('is counted and waited for by what it was', () => {
    const again = rememberFailure(both, { ...failure, repair: 'hosts-changed' }, later);
    expect(again).toMatchObject({ failures: 1, notBefore: renewal.notBefore });
    expect(again.repairs).toMatchObject({ 'left-open': { failures: 1 }, 'hosts-changed': { failures: 1 } });
    expect(rememberFailure(again, failure, later).repairs).toEqual(again.repairs);
  });

  it('is forgotten by what is over', () => {
    const isLeft = (reason: string) => reason === 'left-open';
    expect(forget(both, { repairs: isLeft })).toEqual(renewal);
    expect(rememberRepair(both, 'left-open')).toEqual(renewal);
    expect(
      rememberRepair({ ...both, failures: 0, notBefore: undefined, lastFailure: undefined }, 'left-open'),
    ).toBeUndefined();
    expect(forget(both, { renewal: true })).toEqual({ failures: 0, repairs: both.repairs });
    const none = forget({ ...both, cas: {}, lastCa: 'ca' }, { renewal: true, repairs: () => true });
    expect(none).toEqual({ failures: 0 });
    expect(rememberSuccess({ ...both, suggested: { certId: 'a.b' } }, NOW)).toEqual({
      failures: 0,
      repairs: both.repairs,
    });
  });

  it('last is what is shown', () => {
    expect(lastFailed(both)).toMatchObject({ lastFailure: { at: later.toISOString() } });
    expect(lastFailed(rememberFailure(both, failure, new Date(later.getTime() + 1)))?.failures).toBe(2);
    expect(lastFailed({ failures: 0 })).toBeUndefined();
  });

  it('of before repairs were told apart is read as of renewals', () => {
    expect(parseState('{"failures":2,"lastCa":"x"}', NOW)).toEqual({ failures: 2, lastCa: 'x' });
    expect(parseState('{}', NOW)).toEqual({ failures: 0 });
    expect(parseState('{"failures":', NOW)).toBeUndefined();
  });
});

describe('instants that cannot be meant', () => {
  const FAR = '2038-01-19T03:14:07Z';
  const at = NOW.toISOString();

  it.each([FAR, 'soon', '2026-99-99T00:00:00Z'])('count as passed: %s', (far) => {
    const failed = { failures: 3, notBefore: far, lastFailure: { at: far, reason: 'x', message: '' } };
    const trouble = { since: at, at, failures: 3 };
    const stored = {
      ...failed,
      repairs: { 'left-open': failed },
      givenUp: [far, at],
      cas: { a: { ...trouble, since: far }, b: { ...trouble, at: far }, c: { ...trouble, until: far } },
    };
    expect(parseState(JSON.stringify(stored), NOW)).toEqual({
      failures: 3,
      repairs: { 'left-open': { failures: 3 } },
      givenUp: [at],
      cas: { c: trouble },
    });
  });

  it('are none that a failure writes, though its clock is some minutes ahead', () => {
    const soon = new Date(NOW.getTime() + 10 * MINUTE);
    const retryAfterMs = 365 * 24 * 60 * MINUTE;
    const state = rememberFailure(undefined, { ...failure, retryAfterMs, givenUp: true }, soon);
    const whole = {
      ...state,
      cas: rememberCaTrouble(undefined, { ca: 'a', reason: 'acme-rate-limited', retryAfterMs }, soon),
    };
    expect(parseState(JSON.stringify(whole), NOW)).toEqual(whole);
  });
});

describe('certificates that were given up', () => {
  const ago = (days: number) => new Date(NOW.getTime() - days * 24 * 60 * MINUTE).toISOString();

  it('are remembered for 7 days, beyond a success', () => {
    const state = rememberFailure(
      { failures: 3, givenUp: [ago(8), ago(6)] },
      { ...failure, givenUp: true },
      NOW,
    );
    expect(state.givenUp).toEqual([ago(6), NOW.toISOString()]);
    expect(rememberSuccess(state, NOW)).toEqual({ failures: 0, givenUp: [ago(6), NOW.toISOString()] });
  });

  it('leave nothing after that', () => {
    expect(rememberSuccess({ failures: 3, givenUp: [ago(8)] }, NOW)).toBeUndefined();
    expect(rememberSuccess({ failures: 3 }, NOW)).toBeUndefined();
  });
});

describe('a lease', () => {
  const at = (ms: number) => ({ modified: NOW, at: new Date(NOW.getTime() + ms) });

  it.each([
    [900, 899_999, false],
    [900, 900_000, true],
    [900, -1, false],
    [0, 0, true],
  ])('of %i s is stale after %i ms: %s', (leaseSeconds, ms, stale) => {
    expect(isStale({ leaseSeconds }, at(ms))).toBe(stale);
  });
});

it('a private key shows its text only when it is revealed', () => {
  const key = new PrivateKeyPem('-----BEGIN PRIVATE KEY-----');
  const shown = [
    String(key),
    `${key}`,
    JSON.stringify({ key }),
    inspect({ key }),
    inspect(key, { showHidden: true }),
    JSON.stringify(Object.entries(key)),
    new Error('x', { cause: key }).cause?.toString(),
  ];
  expect(shown.join()).not.toContain('BEGIN');
  expect(key.reveal()).toContain('BEGIN');
});
