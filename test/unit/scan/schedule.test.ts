import { describe, expect, it } from 'vitest';
import { complaintAboutSchedule, refusedForSchedule } from '../../../lib/scan/rules/schedule.ts';
import { pointerOf } from '../../fakes/pointers.ts';

const END = new Date('2026-12-31T00:00:00Z');
const lives = (hours: number) => pointerOf(END, hours / 24);

describe('a schedule', () => {
  it.each<[string, number, number | undefined, number, string | undefined]>([
    ['hourly, 90 days', 90 * 24, undefined, 1, undefined],
    ['daily, 90 days', 90 * 24, undefined, 24, undefined],
    ['daily, 45 days', 45 * 24, undefined, 24, undefined],
    ['hourly, six days', 160, undefined, 1, undefined],
    ['every 20 hours, six days', 160, undefined, 20, undefined],
    ['every 21 hours, six days', 160, undefined, 21, 'schedule-too-coarse'],
    ['daily, six days', 160, undefined, 24, 'schedule-too-coarse'],
    ['hourly, eight hours', 8, undefined, 1, undefined],
    ['hourly, seven hours', 7, undefined, 1, 'schedule-too-coarse'],
    ['a day before the end, daily, 90 days: the last sixth comes first', 90 * 24, 1, 24, undefined],
    ['a day before the end, daily, 20 days', 20 * 24, 1, 24, 'schedule-too-coarse'],
    ['89 of 90 days before the end', 90 * 24, 89, 1, undefined],
    ['90 of 90 days before the end', 90 * 24, 90, 1, 'renews-for-ever'],
    ['over the whole life before the end', 160, 30, 1, 'renews-for-ever'],
  ])('%s', (_, hours, renewBeforeDays, checkEveryHours, reason) => {
    expect(complaintAboutSchedule(lives(hours), { renewBeforeDays, checkEveryHours })?.reason).toBe(reason);
  });

  it('says what would do', () => {
    const remedy = (hours: number, checkEveryHours: number) =>
      complaintAboutSchedule(lives(hours), { renewBeforeDays: undefined, checkEveryHours })?.remedy;
    expect(remedy(160, 24)).toBe('set params.checkEveryHours to 20 or less and deploy');
    expect(remedy(4, 1)).toBe('ask the CA for a profile that lives longer');
  });
});

describe('a schedule that is refused', () => {
  const refused = (decision: Parameters<typeof refusedForSchedule>[0], hoursLeft = 150) => {
    const now = new Date(END.getTime() - hoursLeft * 3_600_000);
    return refusedForSchedule(decision, lives(160), { checkEveryHours: 24, now })?.reason;
  };

  it('stops what only age is a reason for', () => {
    expect(refused({ action: 'wait', reason: 'not-due', until: END })).toBe('schedule-too-coarse');
    expect(refused({ action: 'renew', reason: 'expires-soon' })).toBe('schedule-too-coarse');
    expect(refused({ action: 'renew', reason: 'suggested-window' })).toBe('schedule-too-coarse');
  });

  it('but lets nothing expire', () => {
    expect(refused({ action: 'renew', reason: 'expires-soon' }, 26)).toBeUndefined();
  });

  it.each(['life-nearly-over', 'forced', 'names-changed', 'revoked'] as const)('but not %s', (reason) => {
    expect(refused({ action: 'renew', reason })).toBeUndefined();
  });
});
