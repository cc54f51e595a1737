import { describe, expect, it } from 'vitest';
import { Breaches } from '../../simulation/checks/broken.ts';
import { checkWhole } from '../../simulation/checks/whole-checks.ts';
import type { Heaviness } from '../../simulation/engine/faults.ts';
import { Trace } from '../../simulation/engine/trace.ts';
import { parseOptions, replayOf } from '../../simulation/options.ts';
import { run } from '../../simulation/run.ts';
import type { World } from '../../simulation/world/world.ts';

const NOW = Date.parse('2027-11-21T08:00:00Z');
const DAY = 86_400_000;

describe('a whole run', () => {
  function judge({
    issued = 100,
    commits = 100,
    count = 35,
    bytes = 35_000,
    heaviness = 'heavy' as Heaviness,
    deletedAt = {} as Record<string, number>,
    profile = undefined as string | undefined,
  }): string[] {
    const clock = () => 0;
    const breaches = new Breaches(new Trace(clock), clock);
    const world = {
      cas: [{ issued: { size: issued - 10 } }, { issued: { size: 10 } }],
      faults: { heaviness },
      bucket: { count, bytes },
      files: new Map([['a', { profile }]]),
      deletedAt: new Map(Object.entries(deletedAt)),
      scheduler: { now: NOW },
    };
    checkWhole({ world: world as unknown as World, breaches, commits });
    return [...breaches.first.values()].map(({ check, what }) => `${check}: ${what}`);
  }

  it.each([
    ['heavy', 120],
    ['none', 102],
  ] as const)(
    'with %s faults may issue %i certificates for a hundred renewals, and none more',
    (heaviness, issued) => {
      expect(judge({ heaviness, issued })).toEqual([]);
      const [broken] = judge({ heaviness, issued: issued + 1 });
      expect(broken).toMatch(`end: issued for each renewal: ${issued + 1} for 100`);
    },
  );

  it('of few renewals has no share', () => {
    expect(judge({ commits: 49, issued: 90 })).toEqual([]);
  });

  it('keeps 35 objects for each certificate at most, of 2 KiB on average', () => {
    expect(judge({ count: 36 })).toEqual(['end: no growth: 36 objects of 1 certificates, 0 of six days']);
    expect(judge({ count: 80, profile: 'shortlived' })).toEqual([]);
    expect(judge({ count: 81, profile: 'shortlived' })).toHaveLength(1);
    expect(judge({ bytes: 35 * 2049 })).toEqual(['end: no growth: 2049 bytes for each object']);
  });

  it('keeps as many of one that went so late that it may not have ended, and none of others', () => {
    const two = { count: 70, bytes: 70_000 };
    const broken = ['end: no growth: 70 objects of 1 certificates, 0 of six days'];
    expect(judge({ ...two, deletedAt: { b: NOW - 129 * DAY } })).toEqual([]);
    expect(judge({ ...two, deletedAt: { b: NOW - 131 * DAY } })).toEqual(broken);
    expect(judge({ ...two, deletedAt: { a: NOW - 129 * DAY } })).toEqual(broken);
  });
});

describe('what a failure prints to replay it', () => {
  it('has every option that decides the run', () => {
    const run = { years: 10, certificates: 12, heaviness: 'light' } as const;
    const options = { ...parseOptions([]), ...run };
    const words = replayOf(8n, Date.parse('2031-12-21T07:00:15.829Z'), options).split(' ');
    const until = Date.parse('2031-12-21T07:00:15.830Z');
    expect(parseOptions(words)).toMatchObject({ ...run, seeds: [8n], until, showsTrace: true });
  });

  it('goes on to the end of the run, where faults have stopped', async () => {
    const options = { seed: 3n, years: 0.01, certificates: 2, heaviness: 'heavy', show: undefined } as const;
    const end = Date.parse('2026-11-20T00:00:00Z') + 0.01 * 365.25 * 24 * 3_600_000 + 26 * 3_600_000;
    const whole = await run({ ...options, until: undefined });
    expect(whole.world.scheduler.now).toBe(end);
    expect((await run({ ...options, until: end + 1 })).digest).toBe(whole.digest);
    expect((await run({ ...options, until: end - 1 })).world.faults.on).toBe(false);
  });
});
