import { describe, expect, it } from 'vitest';
import { decideDelivery } from '../../../lib/delivery/deployment/rules/decide-delivery.ts';

/** A Monday noon; the window opens at 01:00 UTC on Tuesday. */
const now = new Date('2026-11-30T12:00:00Z');
const nights = { window: ['Mon-Thu 02:00-05:00 Europe/Berlin'] };
const frozen = { ...nights, freeze: ['2026-11-20/2026-12-31 Europe/Berlin'] };
const young = { notBefore: '2026-10-01T00:00:00Z', notAfter: '2026-12-30T00:00:00Z' };
/** Its last 15 days of 90 begin on 2026-11-30 at noon. */
const old = { notBefore: '2026-09-16T12:00:00Z', notAfter: '2026-12-15T12:00:00Z' };
const held = { times: nights, isNew: false, has: young, revoked: false, now };
const opens = new Date('2026-12-01T01:00:00Z');

describe('what a host lacks', () => {
  it.each([
    ['the group has no window', { times: {} }],
    ['its window is open', { now: opens }],
    ['the host is new', { isNew: true, has: undefined }],
  ])('is sent where %s', (_, facts) => {
    expect(decideDelivery({ ...held, ...facts })).toEqual({ action: 'send' });
  });

  it.each([
    ['another version is good', {}, 'outside-window', opens],
    ['it has none, among others', { has: undefined }, 'outside-window', opens],
    ['a freeze lasts', { times: frozen }, 'frozen', new Date('2027-01-04T01:00:00Z')],
    [
      'the last sixth is a moment away',
      { has: old, now: new Date(now.getTime() - 1) },
      'outside-window',
      opens,
    ],
  ])('waits where %s', (_, facts, reason, until) => {
    expect(decideDelivery({ ...held, ...facts })).toEqual({ action: 'wait', reason, until });
  });

  it.each([
    ['what it has is revoked', { revoked: true }, 'revoked'],
    ['what it has is revoked, in a freeze', { revoked: true, times: frozen }, 'revoked'],
    ['the last sixth of what it has begins', { has: old }, 'life-nearly-over'],
    ['that begins in a freeze', { has: old, times: frozen }, 'life-nearly-over'],
    ['nobody knows how long what it has lives', { has: 'unknown' as const }, 'life-unknown'],
  ])('is sent all the same where %s', (_, facts, override) => {
    expect(decideDelivery({ ...held, ...facts })).toEqual({ action: 'send', override });
  });
});
