import { describe, expect, it } from 'vitest';
import type { Reason } from '../../../lib/foundation/reasons/reasons.ts';
import { casOf } from '../../../lib/issuance/ca/rules/ca-list.ts';
import {
  type CaTroubles,
  isCaTrouble,
  rememberCaTrouble,
} from '../../../lib/issuance/ca/rules/ca-trouble.ts';
import { type ChoiceFacts, chooseCa } from '../../../lib/issuance/ca/rules/choose-ca.ts';

const [A, B, C] = ['https://a.test/d', 'https://b.test/d', 'https://c.test/d'] as const;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = new Date('2026-11-20T02:00:00Z');
const at = (ms: number) => new Date(NOW.getTime() + ms).toISOString();
const lasting = (left: number, days = 90) => ({ notBefore: at(left - days * DAY), notAfter: at(left) });
const down = (forMs: number, more: Partial<CaTroubles[string]> = {}) => ({
  since: at(-forMs),
  at: at(0),
  failures: 3,
  ...more,
});
const choose = (more: Partial<ChoiceFacts>) =>
  chooseCa({
    cas: [A, B, C],
    troubles: undefined,
    live: lasting(25 * DAY),
    isForAge: true,
    now: NOW,
    ...more,
  });

describe('the CA of a renewal', () => {
  const ending = lasting(14 * DAY);
  it.each<[string, string, Partial<ChoiceFacts>]>([
    [A, 'preferred', {}],
    [A, 'preferred', { troubles: { [B]: down(3 * DAY) } }],
    // A certificate that has over a sixth of its life left can wait for its CA, however long.
    [A, 'preferred', { troubles: { [A]: down(9 * DAY) } }],
    [A, 'preferred', { troubles: { [A]: down(9 * DAY, { until: at(DAY) }) } }],
    [B, 'others-stay-down', { live: ending, troubles: { [A]: down(HOUR) } }],
    [A, 'preferred', { live: ending, troubles: { [A]: down(HOUR - 1) } }],
    [A, 'preferred', { live: ending, troubles: { [A]: down(9 * DAY, { failures: 2 }) } }],
    [B, 'others-stay-down', { live: lasting(-DAY), troubles: { [A]: down(HOUR) } }],
    [B, 'others-stay-down', { live: lasting(26 * HOUR, 160 / 24), troubles: { [A]: down(HOUR) } }],
    // The CA's own Retry-After counts as down, from the first time that it says so.
    [B, 'others-stay-down', { live: ending, troubles: { [A]: down(0, { failures: 1, until: at(HOUR) }) } }],
    [A, 'preferred', { live: ending, troubles: { [A]: down(0, { failures: 1, until: at(HOUR - 1) }) } }],
    [A, 'preferred', { live: ending, troubles: { [A]: down(2 * HOUR, { failures: 1, until: at(-1) }) } }],
    // Nothing serves these names yet, or not with what the file asks for: a day.
    [A, 'preferred', { live: undefined, isForAge: false, troubles: { [A]: down(DAY - 1) } }],
    [B, 'others-stay-down', { live: undefined, isForAge: false, troubles: { [A]: down(DAY) } }],
    [B, 'others-stay-down', { isForAge: false, troubles: { [A]: down(DAY) } }],
    [C, 'others-stay-down', { live: ending, troubles: { [A]: down(DAY), [B]: down(DAY) } }],
    // What the fallback refuses the others may issue, once they are up again; a CA's own Retry-After is kept.
    [A, 'all-stay-down', { live: ending, lastCa: B, troubles: { [A]: down(DAY) } }],
    [B, 'others-stay-down', { live: ending, lastCa: A, troubles: { [A]: down(DAY) } }],
    [B, 'others-stay-down', { live: ending, lastCa: B, troubles: { [A]: down(DAY, { until: at(HOUR) }) } }],
    [
      B,
      'all-stay-down',
      { live: ending, lastCa: C, troubles: { [A]: down(DAY), [B]: down(DAY, { at: at(-HOUR) }) } },
    ],
    [
      B,
      'all-stay-down',
      {
        live: ending,
        troubles: { [A]: down(DAY), [B]: down(DAY, { at: at(-HOUR) }), [C]: down(DAY, { at: at(-60) }) },
      },
    ],
    [B, 'order-open', { openAt: B, lastCa: B, live: ending }],
    [A, 'preferred', { openAt: A, lastCa: A, live: ending }],
    [
      A,
      'preferred',
      { openAt: B, lastCa: B, live: ending, troubles: { [B]: down(0, { failures: 1, until: at(HOUR) }) } },
    ],
    [A, 'preferred', { openAt: 'https://gone.example/', lastCa: B, live: ending }],
    [A, 'only-one', { cas: [A], live: ending, troubles: { [A]: down(9 * DAY) } }],
  ])('is %s, %s: %j', (ca, reason, facts) => {
    expect(choose(facts)).toEqual({ ca, reason });
  });
});

describe('the list of CAs', () => {
  const stack = { defaultCa: A, fallbackCas: [B] };
  it.each([
    [undefined, [A, B]],
    [[C], [C]],
    [
      [C, A],
      [C, A],
    ],
  ])('of a file that says %j is %j', (ca, cas) => {
    expect(casOf({ ca }, stack)).toEqual(cas);
  });
});

describe('a failure', () => {
  it.each<[boolean, Reason, number | undefined]>([
    [true, 'ca-unreachable', undefined],
    [true, 'ca-unavailable', 60_000],
    [true, 'ca-timeout', undefined],
    [true, 'acme-server-internal', undefined],
    [true, 'acme-rate-limited', 7_200_000],
    [false, 'acme-rate-limited', undefined],
    [false, 'challenge-invalid', undefined],
    [false, 'zone-unavailable', undefined],
  ])('%s speaks of the CA: %s, Retry-After %s', (speaks, reason, retryAfterMs) => {
    expect(isCaTrouble({ reason, retryAfterMs })).toBe(speaks);
  });

  it('is added to those of the same CA, and keeps when they began', () => {
    const first = rememberCaTrouble(undefined, { ca: A, reason: 'ca-timeout' }, NOW);
    const second = rememberCaTrouble(
      { ...first, [B]: down(DAY) },
      { ca: A, reason: 'ca-unavailable', retryAfterMs: HOUR },
      new Date(NOW.getTime() + 60_000),
    );
    expect(first).toEqual({ [A]: { since: at(0), at: at(0), failures: 1 } });
    expect(second).toEqual({
      [A]: { since: at(0), at: at(60_000), failures: 2, until: at(60_000 + HOUR) },
      [B]: down(DAY),
    });
  });

  it('of another kind shows that the CA is up again', () => {
    const troubles = { [A]: down(DAY) };
    expect(rememberCaTrouble(troubles, { ca: A, reason: 'challenge-invalid' }, NOW)).toBeUndefined();
    expect(rememberCaTrouble(troubles, { ca: B, reason: 'challenge-invalid' }, NOW)).toEqual(troubles);
  });
});
