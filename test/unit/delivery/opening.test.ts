import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openingOf } from '../../../lib/delivery/deployment/rules/opening.ts';
import {
  complaintAboutLength,
  parseFreeze,
  parseWindow,
} from '../../../lib/foundation/certificate/deployment-window.ts';
import { HostGroupSettings } from '../../../lib/foundation/certificate/host-group.ts';

const NIGHTS = 'Mon-Thu 02:00-05:00 Europe/Berlin';
const WEEKEND = 'Sat-Sun 00:00-24:00 America/New_York';
const HOLIDAYS = '2026-12-20/2027-01-03 Europe/Berlin';

type Row = [what: string, times: { window?: string[]; freeze?: string[] }, now: string, until: string];

/** Berlin is UTC+1, and UTC+2 from 2026-03-29 01:00 UTC to 2026-10-25 01:00 UTC; 2026-11-30 is a Monday. */
const ROWS: Row[] = [
  ['nothing is said', {}, '2026-11-30T12:00:00Z', 'open'],
  ['a window is open', { window: [NIGHTS] }, '2026-11-30T01:00:00Z', 'open'],
  ['it is its last minute', { window: [NIGHTS] }, '2026-11-30T03:59:59.999Z', 'open'],
  ['it has just closed', { window: [NIGHTS] }, '2026-11-30T04:00:00Z', '2026-12-01T01:00'],
  ['it is about to open', { window: [NIGHTS] }, '2026-11-30T00:59:59Z', '2026-11-30T01:00'],
  ['the week of it is over', { window: [NIGHTS] }, '2026-12-03T04:00:00Z', '2026-12-07T01:00'],
  ['the zone has summer time', { window: [NIGHTS] }, '2026-07-06T00:00:00Z', 'open'],
  ['the zone has winter time', { window: [NIGHTS] }, '2026-11-30T00:30:00Z', '2026-11-30T01:00'],
  ['another of two is open', { window: [NIGHTS, WEEKEND] }, '2026-11-28T12:00:00Z', 'open'],
  ['the nearer of two opens', { window: [NIGHTS, WEEKEND] }, '2026-12-04T12:00:00Z', '2026-12-05T05:00'],
  [
    'days are listed',
    { window: ['Mon,Wed,Fri-Sat 10:00-12:00 UTC'] },
    '2026-12-01T00:00:00Z',
    '2026-12-02T10:00',
  ],
  ['one of two cannot be read', { window: ['Mon', NIGHTS] }, '2026-11-30T12:00:00Z', '2026-12-01T01:00'],
  ['a freeze cannot be read', { freeze: ['Christmas'] }, '2026-12-25T12:00:00Z', 'open'],
  // Across midnight: it belongs to the day on which it begins.
  ['the evening of it', { window: ['Fri 22:00-04:00 UTC'] }, '2026-12-04T23:59:00Z', 'open'],
  ['the morning after it', { window: ['Fri 22:00-04:00 UTC'] }, '2026-12-05T03:59:00Z', 'open'],
  ['the morning of its day', { window: ['Fri 22:00-04:00 UTC'] }, '2026-12-04T03:00:00Z', '2026-12-04T22:00'],
  ['it ends at midnight', { window: ['Fri 22:00-24:00 UTC'] }, '2026-12-05T00:00:00Z', '2026-12-11T22:00'],
  ['from Saturday into Sunday', { window: ['Sat 23:00-03:00 UTC'] }, '2026-12-06T02:00:00Z', 'open'],
  // Over the end of the week.
  ['Friday to Monday, on Sunday', { window: ['Fri-Mon 10:00-12:00 UTC'] }, '2026-12-06T11:00:00Z', 'open'],
  [
    'Friday to Monday, on Tuesday',
    { window: ['Fri-Mon 10:00-12:00 UTC'] },
    '2026-12-01T11:00:00Z',
    '2026-12-04T10:00',
  ],
  // Spring: on 2026-03-29 in Berlin 02:00 is followed by 03:00.
  [
    'a window begins in the hour left out',
    { window: ['Sun 02:00-05:00 Europe/Berlin'] },
    '2026-03-29T00:59:00Z',
    '2026-03-29T01:00',
  ],
  [
    'it goes on after that hour',
    { window: ['Sun 02:00-05:00 Europe/Berlin'] },
    '2026-03-29T02:59:00Z',
    'open',
  ],
  [
    'it closes by the wall',
    { window: ['Sun 02:00-05:00 Europe/Berlin'] },
    '2026-03-29T03:00:00Z',
    '2026-04-05T00:00',
  ],
  [
    'it lies in that hour and is left out',
    { window: ['Sun 02:10-02:50 Europe/Berlin'] },
    '2026-03-29T00:00:00Z',
    '2026-04-05T00:10',
  ],
  [
    'it is waited for over the change',
    { window: ['Sun 06:00-08:00 Europe/Berlin'] },
    '2026-03-28T12:00:00Z',
    '2026-03-29T04:00',
  ],
  [
    'it opens within three hours after the change',
    { window: ['Sun 03:30-06:00 Europe/Berlin'] },
    '2026-03-29T00:00:00Z',
    '2026-03-29T01:30',
  ],
  // Autumn: on 2026-10-25 in Berlin 03:00 is followed by 02:00.
  [
    'the hour that comes twice, first',
    { window: ['Sun 02:00-03:00 Europe/Berlin'] },
    '2026-10-25T00:30:00Z',
    'open',
  ],
  [
    'the hour that comes twice, again',
    { window: ['Sun 02:00-03:00 Europe/Berlin'] },
    '2026-10-25T01:30:00Z',
    'open',
  ],
  ['after both', { window: ['Sun 02:00-03:00 Europe/Berlin'] }, '2026-10-25T02:00:00Z', '2026-11-01T01:00'],
  [
    'a window ends in it, and opens again',
    { window: ['Sun 00:00-02:30 Europe/Berlin'] },
    '2026-10-25T00:40:00Z',
    '2026-10-25T01:00',
  ],
  [
    'it is waited for over that change',
    { window: ['Sun 06:00-08:00 Europe/Berlin'] },
    '2026-10-24T12:00:00Z',
    '2026-10-25T05:00',
  ],
  // Zones that are not whole hours from UTC, and far from it.
  ['India', { window: ['Mon 02:00-05:00 Asia/Kolkata'] }, '2026-11-29T20:29:00Z', '2026-11-29T20:30'],
  ['Kiribati', { window: ['Mon 00:00-03:00 Pacific/Kiritimati'] }, '2026-11-29T10:00:00Z', 'open'],
  // Freezes.
  ['a freeze', { freeze: [HOLIDAYS] }, '2026-12-24T12:00:00Z', '2027-01-03T23:00'],
  ['the minute before it', { freeze: [HOLIDAYS] }, '2026-12-19T22:59:00Z', 'open'],
  ['its first minute', { freeze: [HOLIDAYS] }, '2026-12-19T23:00:00Z', '2027-01-03T23:00'],
  ['its last minute', { freeze: [HOLIDAYS] }, '2027-01-03T22:59:59Z', '2027-01-03T23:00'],
  ['the minute after it', { freeze: [HOLIDAYS] }, '2027-01-03T23:00:00Z', 'open'],
  [
    'a freeze of one day',
    { freeze: ['2026-11-27 America/New_York'] },
    '2026-11-27T12:00:00Z',
    '2026-11-28T05:00',
  ],
  [
    'a freeze within a window',
    { window: [WEEKEND], freeze: ['2026-12-05 America/New_York'] },
    '2026-12-05T12:00:00Z',
    '2026-12-06T05:00',
  ],
  [
    'a freeze that ends outside of a window',
    { window: [NIGHTS], freeze: [HOLIDAYS] },
    '2026-12-24T12:00:00Z',
    '2027-01-04T01:00',
  ],
  [
    'the next window is frozen',
    { window: ['Sat 10:00-14:00 UTC'], freeze: ['2026-12-05 UTC'] },
    '2026-12-04T12:00:00Z',
    '2026-12-12T10:00',
  ],
  [
    'one freeze follows another',
    { freeze: ['2026-12-05 UTC', '2026-12-06/2026-12-07 UTC'] },
    '2026-12-05T12:00:00Z',
    '2026-12-08T00:00',
  ],
  [
    'a freeze over the change in spring',
    { freeze: ['2026-03-28/2026-03-29 Europe/Berlin'] },
    '2026-03-28T12:00:00Z',
    '2026-03-29T22:00',
  ],
];

describe('the hosts of a group may be touched', () => {
  it.each(ROWS)('%s', (_, times, now, until) => {
    // What was found for the same settings is remembered.
    const opening = openingOf({ ...times }, new Date(now));
    expect(opening.isOpen ? 'open' : opening.until.toISOString().slice(0, 16)).toBe(until);
  });

  it.each(['2026-03-27T20:00:00Z', '2026-10-23T20:00:00Z', '2026-10-31T03:00:00Z'])(
    'at the first minute that a look every five minutes finds, from %s on',
    (from) => {
      const times = { window: ['Sat-Sun 01:15-03:40 Europe/Berlin', 'Wed 23:10-01:20 America/New_York'] };
      const steps = Array.from({ length: 3 * 288 }, (_, step) => new Date(Date.parse(from) + step * 300_000));
      const looks = steps.map((at) => ({ at, opening: openingOf(times, at) }));
      expect(new Set(looks.map(({ opening }) => opening.isOpen)).size).toBe(2);
      let next: Date | undefined;
      for (const { at, opening } of looks.reverse()) {
        if (opening.isOpen) next = at;
        else if (next) expect(opening.until, at.toISOString()).toEqual(next);
      }
    },
  );

  it.each([
    ['outside-window', { window: [NIGHTS] }],
    ['frozen', { window: [NIGHTS], freeze: [HOLIDAYS] }],
  ])('not now: %s', (reason, times) => {
    const opening = openingOf({ ...times }, new Date('2026-12-24T12:00:00Z'));
    expect(opening).toMatchObject({ isOpen: false, reason });
  });
});

it('is found once a minute for a group, however many certificates and hosts ask', () => {
  const times = { window: [NIGHTS], freeze: [HOLIDAYS] };
  const asked = (now: string) => openingOf(times, new Date(now));
  const first = asked('2026-12-24T12:00:00Z');
  expect(asked('2026-12-24T12:00:59Z')).toBe(first);
  expect(asked('2026-12-24T12:01:00Z')).toEqual(first);
  expect(asked('2026-12-24T12:01:00Z')).not.toBe(first);
  expect(asked('2027-01-05T01:00:00Z')).toEqual({ isOpen: true });
});

it('is by the clock of a zone, however its name is spelt', () => {
  const spelt = fc.array(fc.boolean(), { minLength: 13, maxLength: 13 }).map((upper) => {
    return [...'europe/berlin'].map((letter, at) => (upper[at] ? letter.toUpperCase() : letter)).join('');
  });
  fc.assert(
    fc.property(spelt, (zone) => {
      const at = (now: string) => openingOf({ window: [`Mon 00:10-02:00 ${zone}`] }, new Date(now)).isOpen;
      // Midnight is 0 o'clock there, not 24.
      expect(['2026-11-29T23:09:00Z', '2026-11-29T23:10:00Z', '2026-11-30T01:00:00Z'].map(at)).toEqual([
        false,
        true,
        false,
      ]);
    }),
    { numRuns: 5 },
  );
});

describe('a window or a freeze', () => {
  it.each([
    ['Mon-Thu 02:00-05:00', /is no window; give it as in/],
    ['02:00-05:00 UTC', /is no window/],
    ['mon 02:00-05:00 UTC', /is no window/],
    ['Mon 2:00-5:00 UTC', /is no window/],
    ['Mon-Fry 02:00-05:00 UTC', /names a day that is none of Sun, Mon/],
    ['Mon 02:00-25:00 UTC', /has a time that no day has/],
    ['Mon 24:00-02:00 UTC', /has a time that no day has/],
    ['Mon 02:60-05:00 UTC', /has a time that no day has/],
    ['Mon 02:00-02:00 UTC', /is empty/],
    ['Mon 02:00-05:00 Europe/Berln', /names a time zone that is not in the IANA list/],
  ])('"%s" is refused', (text, complaint) => {
    expect(parseWindow(text)).toEqual({ complaint: expect.stringMatching(complaint) });
    expect(HostGroupSettings.safeParse({ window: ['Tue 02:00-05:00 UTC', text] }).success).toBe(false);
  });

  it.each([
    ['2026-12-20', /is no freeze/],
    ['2026-12-20-2026-12-22 UTC', /is no freeze/],
    ['2026-02-30 UTC', /names a day that there is not/],
    ['2026-12-20/2026-12-19 UTC', /ends before it begins/],
    ['2026-12-20 Mars/Base', /names a time zone/],
  ])('"%s" is refused', (text, complaint) => {
    expect(parseFreeze(text)).toEqual({ complaint: expect.stringMatching(complaint) });
    expect(HostGroupSettings.safeParse({ freeze: text }).success).toBe(false);
  });

  it('may be one or several, and is read again from what was deployed', () => {
    const group = HostGroupSettings.parse({ window: NIGHTS, freeze: [HOLIDAYS, '2027-05-01 UTC'] });
    expect(group).toMatchObject({ window: [NIGHTS], freeze: [HOLIDAYS, '2027-05-01 UTC'] });
    expect(HostGroupSettings.parse(JSON.parse(JSON.stringify(group)))).toEqual(group);
    expect(HostGroupSettings.safeParse({ window: [] }).success).toBe(false);
  });

  it.each([
    ['Mon 02:00-04:00 UTC', 1, undefined],
    ['Mon 02:00-03:59 UTC', 1, /shorter than 2 checks, one every 1 h; make it 2 h long/],
    ['Mon 23:00-01:00 UTC', 1, undefined],
    ['Mon 02:00-05:00 UTC', 6, /make it 12 h long, or set checkEveryHours to less/],
    ['Mon-Fri 00:00-24:00 UTC', 24, undefined],
  ])('%s with a check every %i h', (text, hours, complaint) => {
    const said = complaintAboutLength(text, hours);
    if (complaint) expect(said).toMatch(complaint);
    else expect(said).toBeUndefined();
  });
});
