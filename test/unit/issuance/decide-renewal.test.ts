import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LivePointer } from '../../../lib/foundation/certificate/live-pointer.ts';
import {
  caFor,
  decideRenewal,
  type RenewalFacts,
} from '../../../lib/issuance/renewal/rules/decide-renewal.ts';
import { isOverdue } from '../../../lib/issuance/renewal/rules/due-by-age.ts';
import { pointerOf, wantedOf } from '../../fakes/pointers.ts';

const CA = 'https://ca.test/directory';
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = new Date('2026-11-20T02:00:00Z');
const later = (ms: number) => new Date(NOW.getTime() + ms);

/** Facts of a 90-day certificate with 60 days left, changed as said. */
function factsOf(
  more: Partial<RenewalFacts> & { left?: number; days?: number; live?: LivePointer | undefined } = {},
): RenewalFacts {
  const { left = 60 * DAY, days = 90, ...facts } = more;
  const live = pointerOf(later(left), days);
  return {
    wanted: wantedOf(),
    live,
    state: undefined,
    forced: false,
    leftOpen: false,
    caaDrifted: false,
    defaultCa: CA,
    fallbackCas: [],
    now: NOW,
    ...facts,
  };
}
const decide = (more: Parameters<typeof factsOf>[0] = {}) => decideRenewal(factsOf(more));
const pointer = (more: Partial<LivePointer>) => pointerOf(later(60 * DAY), 90, more);
const suggested = (at: Date, certId = 'aki.serial') => ({
  failures: 0,
  suggested: { certId, at: at.toISOString() },
});
const urged = (why: object) => ({ failures: 0, suggested: { ...suggested(NOW).suggested, ...why } });
const renew = (reason: string) => ({ action: 'renew', reason });
const wait = (until: Date) => ({ action: 'wait', reason: 'not-due', until });

describe('a certificate that was revoked because nobody needs it', () => {
  const ended = { revokedForGood: true };
  const end = later(60 * DAY);

  it.each<[string, Parameters<typeof decide>[0]]>([
    ['at its age', { left: DAY, days: 90 }],
    ['where the CA suggests it', { state: suggested(later(-DAY)) }],
  ])('is not renewed %s', (_, more) => {
    expect(decide(more)).toMatchObject({ action: 'renew' });
    expect(decide({ ...ended, ...more })).toMatchObject({ action: 'wait', reason: 'not-due' });
  });

  it('waits for its end', () => {
    expect(decide({ ...ended, live: pointer({}) })).toEqual(wait(end));
  });

  it.each<[string, Parameters<typeof decide>[0]]>([
    ['forced', { forced: true }],
    ['names-changed', { wanted: wantedOf({ names: ['a.example.com'] }) }],
  ])('is renewed where a person asks for it: %s', (reason, more) => {
    expect(decide({ ...ended, ...more })).toEqual(renew(reason));
  });
});

describe('a certificate is renewed', () => {
  it.each<[string, string, Parameters<typeof decide>[0]]>([
    ['forced', 'by hand', { forced: true }],
    ['never-issued', 'when there is none', { live: undefined }],
    [
      'revoked',
      'when the live version was revoked',
      { revoked: true, wanted: wantedOf({ key: 'rsa-2048' }) },
    ],
    ['names-changed', 'when a name came', { wanted: wantedOf({ names: ['example.com', 'a.example.com'] }) }],
    ['names-changed', 'when a name went', { live: pointer({ names: ['example.com', 'a.example.com'] }) }],
    ['names-changed', 'when a name is another', { wanted: wantedOf({ names: ['a.example.com'] }) }],
    ['key-changed', 'when the key type is another', { wanted: wantedOf({ key: 'rsa-2048' }) }],
    ['profile-changed', 'when a profile is asked for', { wanted: wantedOf({ profile: 'tlsserver' }) }],
    ['ca-changed', 'when the file names another CA', { wanted: wantedOf({ ca: ['https://other.test/d'] }) }],
    ['ca-changed', "when the stack's CA is another", { defaultCa: 'https://other.test/d' }],
    ['suggested-window', 'when the suggested instant is now', { state: suggested(NOW) }],
    ['suggested-window', 'when the suggested instant is past', { state: suggested(later(-DAY)) }],
    [
      'suggested-window',
      'when the CA wants it gone in the first half of its life, whatever renewBeforeDays says',
      { wanted: wantedOf({ renewBeforeDays: 10 }), state: suggested(NOW), left: 60 * DAY, days: 90 },
    ],
    [
      'suggested-window',
      'when the CA has moved its window in the second half too, whatever renewBeforeDays says',
      { wanted: wantedOf({ renewBeforeDays: 10 }), state: urged({ moved: true }), left: 30 * DAY },
    ],
    [
      'suggested-window',
      'when the CA has said why it wants it gone in the second half too, whatever renewBeforeDays says',
      {
        wanted: wantedOf({ renewBeforeDays: 10 }),
        state: urged({ explanationUrl: 'https://ca.test/why' }),
        left: 30 * DAY,
      },
    ],
    ['expires-soon', '30 days before its end', { left: 30 * DAY }],
    ['expires-soon', 'a third of a 45-day life before its end', { left: 15 * DAY, days: 45 }],
    ['expires-soon', 'half of a 160-hour life before its end', { left: 80 * HOUR, days: 160 / 24 }],
    [
      'expires-soon',
      'renewBeforeDays before its end',
      { left: 50 * DAY, wanted: wantedOf({ renewBeforeDays: 50 }) },
    ],
    ['expires-soon', 'when it has expired', { left: -DAY }],
    [
      'life-nearly-over',
      'in the last sixth, whatever the CA says',
      { left: 15 * DAY, state: suggested(later(DAY)) },
    ],
    [
      'life-nearly-over',
      'in the last sixth, whatever the file says',
      { left: 15 * DAY, wanted: wantedOf({ renewBeforeDays: 1 }) },
    ],
    ['order-open', 'when an order for it is open', { orderOpen: true, leftOpen: true }],
  ])('%s: %s', (reason, _, facts) => {
    expect(decide(facts)).toEqual(renew(reason));
  });

  it('for the first reason that holds', () => {
    const all = {
      forced: true,
      live: undefined as LivePointer | undefined,
      wanted: wantedOf({
        names: ['b.example.com'],
        key: 'rsa-2048',
        profile: 'p',
        ca: ['https://other.test/d'],
      }),
      state: suggested(later(-30 * DAY)),
      left: DAY,
    };
    const old = pointerOf(later(DAY));
    expect(decide(all)).toEqual(renew('forced'));
    expect(decide({ ...all, forced: false })).toEqual(renew('never-issued'));
    const issued = { ...all, forced: false, live: old };
    expect(decide(issued)).toEqual(renew('names-changed'));
    const named = { ...issued.wanted, names: ['example.com'] };
    expect(decide({ ...issued, wanted: named })).toEqual(renew('key-changed'));
    expect(decide({ ...issued, wanted: { ...named, key: 'ecdsa-p256' } })).toEqual(renew('profile-changed'));
    const { profile: _, ...unprofiled } = { ...named, key: 'ecdsa-p256' as const };
    expect(decide({ ...issued, wanted: unprofiled })).toEqual(renew('ca-changed'));
    const { ca: __, ...unchanged } = unprofiled;
    expect(decide({ ...issued, wanted: unchanged })).toEqual(renew('suggested-window'));
    expect(decide({ ...issued, wanted: unchanged, state: undefined })).toEqual(renew('expires-soon'));
  });
});

describe('a certificate is mended', () => {
  it.each<[string, string, Parameters<typeof decide>[0]]>([
    ['left-open', 'when an earlier worker left something', { leftOpen: true }],
    ['hosts-changed', 'when it is for other host groups', { wanted: wantedOf({ hosts: ['web'] }) }],
    ['hosts-changed', 'when other names are served', { wanted: wantedOf({ serverNames: ['example.com'] }) }],
  ])('%s: %s', (reason, _, facts) => {
    expect(decide(facts)).toEqual({ action: 'mend', reason });
  });

  it('for the first reason that does not wait after a failure', () => {
    const all = { leftOpen: true, caaDrifted: true, wanted: wantedOf({ hosts: ['web'] }) };
    const failed = { failures: 1, notBefore: later(1).toISOString() };
    const state = (...repairs: string[]) => ({
      failures: 0,
      repairs: Object.fromEntries(repairs.map((reason) => [reason, failed])),
    });
    expect(decide({ ...all })).toMatchObject({ reason: 'caa-drifted' });
    expect(decide({ ...all, state: state('caa-drifted') })).toMatchObject({ reason: 'left-open' });
    const two = state('caa-drifted', 'left-open');
    expect(decide({ ...all, state: two })).toMatchObject({ reason: 'hosts-changed' });
    const three = state('caa-drifted', 'hosts-changed', 'left-open');
    expect(decide({ ...all, state: three })).toEqual({
      action: 'wait',
      reason: 'backing-off',
      until: later(1),
    });
    expect(decide({ ...all, state: three, now: later(1) })).toMatchObject({ reason: 'caa-drifted' });
    expect(decide({ state: three })).toEqual(wait(later(30 * DAY)));
    expect(decide({ upkeep: 'pointer-lost', state: state('pointer-lost') })).toMatchObject({
      action: 'mend',
    });
  });

  it('only for server names that the live version covers: the others come with a renewal', () => {
    const wanted = wantedOf({ names: ['a.example.com'], serverNames: ['a.example.com'] });
    const state = { failures: 1, notBefore: later(1).toISOString() };
    expect(decide({ wanted, state })).toMatchObject({ reason: 'backing-off' });
    expect(decide({ wanted: { ...wanted, hosts: ['web'] }, state })).toMatchObject({
      reason: 'hosts-changed',
    });
  });

  it('only when it is not renewed, which does it too', () => {
    expect(decide({ leftOpen: true, left: DAY })).toEqual(renew('expires-soon'));
  });
});

describe('a certificate waits', () => {
  it.each<[string, Date, Parameters<typeof decide>[0]]>([
    ['for 30 days before its end', later(30 * DAY), {}],
    ['to the very millisecond', later(1), { left: 30 * DAY + 1 }],
    ['for a third of a 45-day life', later(1), { left: 15 * DAY + 1, days: 45 }],
    ['for half of a life under 10 days', later(1), { left: 4.5 * DAY + 1, days: 9 }],
    ['for a third of a life of 10 days', later(1), { left: (10 * DAY) / 3 + 1, days: 10 }],
    [
      'for renewBeforeDays',
      later(59 * DAY),
      { wanted: wantedOf({ renewBeforeDays: 1 / 2 }), left: 59.5 * DAY, days: 1 },
    ],
    [
      'for the suggested instant, past the 30 days',
      later(DAY),
      { left: 20 * DAY, state: suggested(later(DAY)) },
    ],
    [
      'without the suggestion for an older certificate',
      later(30 * DAY),
      { state: suggested(NOW, 'older.serial') },
    ],
    [
      'without the suggestion where renewBeforeDays is set',
      later(50 * DAY),
      {
        wanted: wantedOf({ renewBeforeDays: 10 }),
        state: suggested(later(40 * DAY)),
        left: 60 * DAY,
        days: 60,
      },
    ],
    ['without a suggestion after its end', later(30 * DAY), { state: suggested(later(61 * DAY)) }],
    ['at most until the last sixth', later(45 * DAY), { state: suggested(later(55 * DAY)) }],
    [
      'with names in another order',
      later(30 * DAY),
      {
        wanted: wantedOf({ names: ['b.example.com', 'a.example.com'] }),
        live: pointer({ names: ['a.example.com', 'b.example.com'] }),
      },
    ],
    [
      'when the file stops asking for a profile',
      later(30 * DAY),
      { live: pointer({ profile: 'tlsserver' }) },
    ],
    [
      'when its CA is not known',
      later(30 * DAY),
      { live: (({ ca: _, ...unknown }) => unknown)(pointer({})) },
    ],
  ])('%s', (_, until, facts) => {
    expect(decide(facts)).toEqual(wait(until));
  });
});

describe('a certificate that failed before', () => {
  const failed = (notBefore: Date) => ({ failures: 2, notBefore: notBefore.toISOString() });

  it('waits until the back-off is over, then goes on for its own reason', () => {
    const facts = { left: 10 * DAY };
    expect(decide({ ...facts, state: failed(later(1)) })).toEqual({
      action: 'wait',
      reason: 'backing-off',
      until: later(1),
    });
    expect(decide({ ...facts, state: failed(NOW) })).toEqual(renew('expires-soon'));
  });

  it('is repaired while its renewal waits, but for what the renewal left open', () => {
    const facts = { left: 10 * DAY, state: failed(later(1)) };
    const wanted = wantedOf({ hosts: ['web'] });
    expect(decide({ ...facts, wanted })).toEqual({ action: 'mend', reason: 'hosts-changed' });
    expect(decide({ ...facts, leftOpen: true })).toMatchObject({ reason: 'backing-off' });
  });

  it('is renewed while a repair waits', () => {
    const state = { failures: 0, repairs: { 'left-open': failed(later(1)) } };
    expect(decide({ left: 10 * DAY, leftOpen: true, state })).toEqual(renew('expires-soon'));
  });

  it('does not wait when forced', () => {
    expect(decide({ forced: true, state: failed(later(DAY)) })).toEqual(renew('forced'));
  });

  it('waits for its own time when that is later', () => {
    expect(decide({ state: failed(later(DAY)) })).toEqual(wait(later(30 * DAY)));
  });
});

it('is due at the instant it waits for, and not a millisecond before', () => {
  const life = fc.record({
    days: fc.integer({ min: 1, max: 400 }),
    part: fc.double({ min: 0, max: 1, noNaN: true }),
  });
  fc.assert(
    fc.property(
      life,
      fc.option(fc.integer({ min: 1, max: 365 }), { nil: undefined }),
      ({ days, part }, before) => {
        const live = pointerOf(later(Math.floor(days * DAY * part)), days);
        const wanted = wantedOf(before === undefined ? {} : { renewBeforeDays: before });
        const first = decide({ live, wanted });
        if (first.action !== 'wait') return;
        expect(decide({ live, wanted, now: first.until }).action).toBe('renew');
        expect(decide({ live, wanted, now: new Date(first.until.getTime() - 1) }).action).toBe('wait');
        expect(first.until.getTime()).toBeLessThanOrEqual(Date.parse(live.notAfter) - (days * DAY) / 6);
      },
    ),
  );
});

describe('a certificate is overdue', () => {
  it.each([
    ['not before its time', { left: 31 * DAY }, false],
    ['not on the day of its time', { left: 29 * DAY + HOUR }, false],
    ['a day after it', { left: 29 * DAY }, true],
    ['a day after the stored ARI instant', { state: suggested(later(-DAY)) }, true],
    ['not within a day of that instant', { state: suggested(later(-DAY + HOUR)) }, false],
    ['when it expired', { left: -DAY }, true],
    ['not when there is none yet', { live: undefined }, false],
    ['when there is none after three failures', { live: undefined, state: { failures: 3 } }, true],
  ])('%s', (_when, more, expected) => {
    expect(isOverdue(factsOf(more))).toBe(expected);
  });
});

describe('a pinned certificate', () => {
  const until = later(45 * DAY);
  const pin = { version: '20260101T000000Z-0a1b2c', until, isLive: true };

  it.each<[string, Parameters<typeof decide>[0]]>([
    ['for its age', { left: 20 * DAY }],
    ['where the CA suggests it', { left: 20 * DAY, state: suggested(later(-DAY)) }],
    ['where the file wants another key', { wanted: wantedOf({ key: 'rsa-2048' }) }],
    ['by force', { forced: true }],
    [
      'for its age, in a back-off',
      { left: 20 * DAY, state: { failures: 1, notBefore: later(DAY).toISOString() } },
    ],
  ])('is not renewed %s', (_, more) => {
    expect(decide({ ...more })).not.toMatchObject({ reason: 'not-due' });
    expect(decide({ ...more, pin })).toMatchObject({ action: 'wait', reason: 'pinned', until });
  });

  it('is renewed where the CA suggests it in the first half of its life: it is about to revoke', () => {
    expect(decide({ state: suggested(later(-DAY)), pin })).toEqual(renew('suggested-window'));
  });

  it.each([{ moved: true }, { explanationUrl: 'https://ca.test/incident' }])(
    'is renewed where the CA has moved its suggestion, or explains it: %j',
    (more) => {
      const at = later(-DAY).toISOString();
      const state = { failures: 0, suggested: { certId: 'aki.serial', at, ...more } };
      expect(decide({ left: 20 * DAY, state, pin })).toEqual(renew('suggested-window'));
      expect(
        decide({ left: 20 * DAY, state: { ...state, suggested: { ...state.suggested, certId: 'b' } }, pin }),
      ).toMatchObject({
        reason: 'pinned',
      });
    },
  );

  it('is repaired, first to what is pinned', () => {
    const hosts = wantedOf({ hosts: ['web'] });
    expect(decide({ pin, wanted: hosts })).toEqual({ action: 'mend', reason: 'hosts-changed' });
    expect(decide({ pin: { ...pin, isLive: false }, wanted: hosts })).toEqual({
      action: 'mend',
      reason: 'pinned',
    });
  });

  it('that is released goes to what was live before', () => {
    const restored = pointer({ restoredFrom: pin.version, insteadOf: '20260201T000000Z-0a1b2c' });
    expect(decide({ live: restored })).toEqual({ action: 'mend', reason: 'released' });
    expect(decide({ live: restored, pin })).toMatchObject({ action: 'wait', reason: 'not-due' });
  });

  describe('that is released', () => {
    const old = pointerOf(later(20 * DAY), 90, { restoredFrom: pin.version, insteadOf: 'before' });
    const released = { action: 'mend', reason: 'released' };
    const soon = later(DAY).toISOString();

    it.each<[string, Parameters<typeof decide>[0], object]>([
      ['goes back rather than being renewed for its age', {}, released],
      ['goes back where the CA suggests another', { state: suggested(later(-DAY)) }, released],
      [
        'is renewed for its age where that could not be done',
        { state: { failures: 0, repairs: { released: { failures: 1, notBefore: soon } } } },
        renew('expires-soon'),
      ],
      ['is renewed where it is revoked', { revoked: true }, renew('revoked')],
      ['is renewed in the last sixth of its life', { now: later(5 * DAY) }, renew('expires-soon')],
    ])('%s', (_, more, decision) => {
      expect(decide({ live: old, ...more })).toEqual(decision);
    });
  });

  it('without a live version is issued', () => {
    expect(decide({ live: undefined, pin })).toEqual(renew('never-issued'));
  });
});

it.each([
  ['goes on at the fallback after the bucket did not answer', 'store-unavailable', true, 'order-open'],
  ['goes on at the fallback after it was out of time', 'out-of-time', true, 'order-open'],
  ['goes on at the fallback that had not issued in time', 'wait-limit-reached', true, 'order-open'],
  ['goes back to the first CA where nothing was left open', 'store-unavailable', false, 'preferred'],
  ['goes back to the first CA after the fallback refused', 'acme-caa', true, 'preferred'],
] as const)('an order that is open at a fallback %s', (_, reason, leftOpen, chosen) => {
  const fallback = 'https://other.test/directory';
  const lastFailure = { at: later(-DAY).toISOString(), reason, message: '' };
  const state = { failures: 1, lastCa: fallback, lastFailure };
  const facts = factsOf({ left: 5 * DAY, state, leftOpen, fallbackCas: [fallback] });
  expect(caFor(facts, 'expires-soon')).toEqual({
    ca: chosen === 'order-open' ? fallback : CA,
    reason: chosen,
  });
});

it.each([
  ['is about to revoke is asked for at the next one', { moved: true }, 'others-stay-down'],
  ['suggests to renew for its age waits for it', {}, 'preferred'],
] as const)('a certificate that a CA which is down for a day %s', (_, why, chosen) => {
  const fallback = 'https://other.test/directory';
  const [since, at] = [later(-DAY), later(-HOUR)].map((instant) => instant.toISOString());
  const cas = { [CA]: { since: since ?? '', at: at ?? '', failures: 4 } };
  const facts = factsOf({ left: 30 * DAY, state: { ...urged(why), cas }, fallbackCas: [fallback] });
  expect(caFor(facts, 'suggested-window')).toMatchObject({ reason: chosen });
});
