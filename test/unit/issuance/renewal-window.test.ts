import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../lib/foundation/common/input-error.ts';
import {
  askAgainAt,
  chooseInstant,
  isAskDue,
  parseRenewalInfo,
} from '../../../lib/issuance/ca/rules/renewal-window.ts';

const NOW = new Date('2026-11-20T02:00:00Z');
const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
const later = (ms: number) => new Date(NOW.getTime() + ms).toISOString();
const parse = (answer: unknown) => parseRenewalInfo(answer, 'ca.test');
const windowOf = (start: string, end: string) => ({ suggestedWindow: { start, end } });

describe("the CA's answer (RFC 9773, 4.2)", () => {
  it('is a window, and where it says so the reason for it', () => {
    const answer = {
      suggestedWindow: { start: '2025-01-02T04:00:00Z', end: '2025-01-03T04:00:00Z' },
      explanationURL: 'https://acme.example.com/docs/ari',
    };
    expect(parse(answer)).toEqual({
      window: { start: new Date('2025-01-02T04:00:00Z'), end: new Date('2025-01-03T04:00:00Z') },
      explanationUrl: 'https://acme.example.com/docs/ari',
    });
  });

  it.each(['2025-01-02T06:00:00+02:00', '2025-01-02T04:00:00.000Z', '2025-01-02t04:00:00z'])(
    'may write an instant as %s (RFC 3339)',
    (start) => {
      expect(parse(windowOf(start, '2025-01-03T04:00:00Z')).window.start).toEqual(
        new Date('2025-01-02T04:00:00Z'),
      );
    },
  );

  it.each([
    ['ends before it starts', windowOf('2025-01-03T04:00:00Z', '2025-01-02T04:00:00Z')],
    ['has no length', windowOf('2025-01-03T04:00:00Z', '2025-01-03T04:00:00Z')],
    ['names a day that is none', windowOf('2025-13-45T04:00:00Z', '2025-01-03T04:00:00Z')],
    ['has no end', { suggestedWindow: { start: '2025-01-03T04:00:00Z' } }],
    ['has words for instants', windowOf('tomorrow', 'next week')],
    ['has no window', {}],
    ['is a page', '<html>'],
    ['is nothing', null],
  ])('is of no use when it %s', (_, answer) => {
    expect(() => parse(answer)).toThrow(InputError);
  });

  it.each(['http://example.com/', 'javascript:alert(1)', 'https://a b/', 'https://a/\u001b[2J'])(
    'is good without the link %j, which nobody should follow',
    (explanationURL) => {
      const answer = { ...windowOf('2025-01-02T04:00:00Z', '2025-01-03T04:00:00Z'), explanationURL };
      expect(parse(answer)).not.toHaveProperty('explanationUrl');
    },
  );

  it('of any other kind is refused with a typed error', () => {
    fc.assert(
      fc.property(fc.anything(), (answer) => {
        try {
          parse(answer);
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
    );
  });
});

describe('the instant (RFC 9773, 4.2)', () => {
  const checkEveryHours = 1;
  const window = { start: new Date(later(DAY)), end: new Date(later(3 * DAY)) };

  it.each([
    [0, later(DAY)],
    [0.5, later(2 * DAY - (HOUR + 5 * MINUTE) / 2)],
  ])('lies in the window: at %d of it, %s', (random, at) => {
    expect(chooseInstant(window, undefined, { random, checkEveryHours })).toBe(at);
  });

  it.each([
    [1, 0, later(DAY)],
    [1, 1, later(3 * DAY - HOUR - 5 * MINUTE)],
    [6, 1, later(3 * DAY - 6 * HOUR - 5 * MINUTE)],
    [48, 0, later(DAY)],
    [48, 1, later(DAY)],
  ])(
    'leaves room for the next check before the end: every %d h, at %d of the window, %s',
    (every, random, at) => {
      expect(chooseInstant(window, undefined, { random, checkEveryHours: every })).toBe(at);
    },
  );

  it('stays the one chosen before, also in what is left for the next check', () => {
    const before = later(3 * DAY - MINUTE);
    expect(chooseInstant(window, before, { random: 0, checkEveryHours })).toBe(before);
  });

  it('stays the one chosen before while that lies in the window', () => {
    expect(chooseInstant(window, later(2 * DAY), { random: 0, checkEveryHours })).toBe(later(2 * DAY));
  });

  it.each([later(0), later(4 * DAY), 'never'])(
    'is chosen anew when the window has moved off %s',
    (before) => {
      expect(chooseInstant(window, before, { random: 0, checkEveryHours })).toBe(later(DAY));
    },
  );

  it('is past when the window is: the CA wants it replaced now', () => {
    const past = { start: new Date(later(-2 * DAY)), end: new Date(later(-DAY)) };
    const instant = chooseInstant(past, later(DAY), { random: 0.999, checkEveryHours });
    expect(new Date(instant) <= NOW).toBe(true);
  });
});

describe('the CA is asked again (RFC 9773, 4.3)', () => {
  it.each([
    [undefined, 6 * HOUR],
    [0, MINUTE],
    [2 * HOUR, 2 * HOUR],
    [30 * DAY, DAY],
  ])('after its Retry-After of %s ms: in %i ms', (retryAfterMs, ms) => {
    expect(askAgainAt(retryAfterMs, NOW)).toBe(later(ms));
  });

  it.each([
    ['never asked', undefined, true],
    ['asked, and not yet again', later(HOUR), false],
    ['the time has come', later(0), true],
    ['written by a clock that was wrong', later(400 * DAY), true],
    ['no instant at all', 'soon', true],
  ])('%s', (_, askAgain, due) => {
    expect(isAskDue(askAgain, 'a.1', NOW)).toBe(due);
  });

  it.each(['', '.AIdlQyE'])('about no certificate without an authority key identifier: %j', (certId) => {
    expect(isAskDue(undefined, certId, NOW)).toBe(false);
  });
});
