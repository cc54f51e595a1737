import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MetricName } from '../../lib/reporting/notices/rules/measure.ts';
import {
  type AlarmSettings,
  type AlarmState,
  type Assumed,
  evaluateAlarm,
  type Sample,
} from '../../local/alarms/evaluate-alarm.ts';
import { packageStack, type Resource, readTemplate, SAMPLE_PARAMS } from '../../tools/check/package-stack.ts';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEP = 5 * MINUTE;
/** The user guide says that more points are retrieved, not how many, and nothing of FILL where a metric has none. */
const ASSUMED: Assumed[] = [1, 2, 4].flatMap((beyond) =>
  [false, true].map((fillsEmpty) => ({ beyond, fillsEmpty })),
);

let folder: string;
let resources: Record<string, Resource>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perennial-alarm-states-'));
  resources = await readTemplate(await packageStack({ stage: 'production', folder, params: SAMPLE_PARAMS }));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

type Samples = Record<string, readonly Sample[]>;
interface Change {
  at: number;
  state: AlarmState;
}

const settings = (id: string) => resources[id]?.Properties as AlarmSettings;

/** Every state that the alarm comes to from its creation at 0 on, evaluated every five minutes. */
function changesOf(alarm: AlarmSettings, samples: Samples, until: number, assumed: Assumed): Change[] {
  const changes: Change[] = [];
  let before: AlarmState = 'INSUFFICIENT_DATA';
  for (let at = 0; at <= until; at += STEP) {
    const state = evaluateAlarm(alarm, { samples: (metric) => samples[metric] ?? [], at, before }, assumed);
    if (state !== before) changes.push({ at, state });
    before = state;
  }
  return changes;
}

const times = (count: number, sampleOf: (index: number) => Sample) =>
  Array.from({ length: count }, (_, i) => sampleOf(i));

describe.each(ASSUMED)('with %j', (assumed) => {
  describe('no heartbeat', () => {
    const last = 4 * DAY;
    /** Once an hour, up to ten minutes late, and in CloudWatch up to five minutes after. */
    const beats = times(96, (hour) => {
      const at = Math.min((hour + 1) * HOUR + ((hour * 7) % 11) * MINUTE, last);
      return { at, value: 1, arrives: at + ((hour * 3) % 6) * MINUTE };
    });

    /** How long the oldest message has lain in the queue of notify, every five minutes; from `dead` on it takes none. */
    const through = (checks: readonly Sample[], dead = Number.POSITIVE_INFINITY) => ({
      checks,
      age: times((14 * DAY) / STEP, (index) => {
        const at = index * STEP;
        const oldest = checks.find((check) => check.at >= dead)?.at ?? at;
        return { at, value: at > oldest ? at - oldest : (index % 3) * 20, arrives: at + STEP };
      }),
    });

    it('is quiet from the deploy on, and while checks come through', () => {
      const [first, ...more] = changesOf(settings('HeartbeatAlarm'), through(beats), last, assumed);
      expect(first?.state).toBe('OK');
      expect(more).toEqual([]);
    });

    it('comes after the third check that is missing, stays, and is over with the next one', () => {
      const back = last + 9 * DAY;
      const all = [...beats, { at: back, value: 1 }];
      const [, alarm, over, ...more] = changesOf(
        settings('HeartbeatAlarm'),
        through(all),
        back + HOUR,
        assumed,
      );
      expect(alarm?.state).toBe('ALARM');
      expect(alarm?.at).toBeGreaterThanOrEqual(last + 3 * HOUR + 10 * MINUTE);
      expect(alarm?.at).toBeLessThanOrEqual(last + 3 * HOUR + 20 * MINUTE);
      expect([over?.state, more]).toEqual(['OK', []]);
      expect((over?.at ?? 0) - back).toBeLessThanOrEqual(STEP);
    });

    it('comes after the only check that ever came through, and not before any', () => {
      const once = changesOf(settings('HeartbeatAlarm'), through([{ at: HOUR, value: 1 }]), DAY, assumed);
      expect(once.map(({ state }) => state)).toEqual(['OK', 'ALARM']);
      expect(once[1]?.at).toBeLessThanOrEqual(4 * HOUR + 20 * MINUTE);
      expect(changesOf(settings('HeartbeatAlarm'), {}, DAY, assumed)).toEqual([]);
    });

    it('comes where checks reach the queue of notify, and it takes none', () => {
      const dead = 2 * DAY;
      const changes = changesOf(settings('HeartbeatAlarm'), through(beats, dead), last, assumed);
      expect(changes.map(({ state }) => state)).toEqual(['OK', 'ALARM']);
      expect(changes[1]?.at).toBeLessThanOrEqual(dead + 4.5 * HOUR);
    });

    it('does not come where notify is late now and then', () => {
      const { checks, age } = through(beats);
      const slow = age.map((one) => (one.at % (8 * HOUR) < HOUR / 4 ? { ...one, value: 2_000 } : one));
      const changes = changesOf(settings('HeartbeatAlarm'), { checks, age: slow }, last, assumed);
      expect(changes.map(({ state }) => state)).toEqual(['OK']);
    });

    it('does not come for two checks that fail', () => {
      const some = beats.filter((_, hour) => hour % 3 === 0);
      const states = changesOf(settings('HeartbeatAlarm'), through(some), last, assumed);
      expect(states.map(({ state }) => state)).toEqual(['OK']);
    });

    it('is as quiet where a check comes once a day', () => {
      const alarm = settings('HeartbeatAlarm');
      const Metrics = alarm.Metrics?.map((query) =>
        query.MetricStat
          ? { ...query, MetricStat: { ...query.MetricStat, Period: DAY + 5 * MINUTE } }
          : query,
      );
      const daily = times(5, (day) => ({ at: (day + 1) * DAY, value: 1 }));
      const states = changesOf({ ...alarm, ...(Metrics && { Metrics }) }, through(daily), 9 * DAY, assumed);
      expect(states.map(({ state }) => state)).toEqual(['OK', 'ALARM']);
      expect(states[1]?.at).toBe(8 * DAY + 15 * MINUTE);
    });
  });

  describe('dead letters', () => {
    /** A queue reports for six hours after it was used, and CloudWatch has it some minutes later. */
    const reports = (from: number, value: number) =>
      times(360, (minute) => ({
        at: from + minute * MINUTE,
        value,
        arrives: from + (minute + 7) * MINUTE,
      }));
    const fell = 2 * DAY;
    const emptied = 9 * DAY;
    const visible = 'ApproximateNumberOfMessagesVisible';
    const created = { [visible]: reports(0, 0) };
    const samples = { [visible]: [...reports(0, 0), ...reports(fell, 1), ...reports(emptied, 0)] };

    it('are quiet from the deploy on', () => {
      const changes = changesOf(settings('DeadLettersAlarm'), created, 2 * DAY, assumed);
      expect(changes.filter(({ state }) => state === 'ALARM')).toEqual([]);
    });

    it('are told within minutes, and until the queue was emptied', () => {
      const changes = changesOf(settings('DeadLettersAlarm'), samples, 10 * DAY, assumed);
      const [alarm, over, ...more] = changes.filter(({ at }) => at >= fell);
      expect([alarm?.state, over?.state, more]).toEqual(['ALARM', 'OK', []]);
      expect(alarm?.at).toBeLessThanOrEqual(fell + 15 * MINUTE);
      expect(over?.at).toBeGreaterThanOrEqual(emptied);
    });
  });

  describe('function errors', () => {
    const hourly = (errors: number[]) => errors.map((value, hour) => ({ at: (hour + 1) * HOUR, value }));

    it.each([
      [[0, 0, 1, 0, 1, 0, 0], []],
      [[0, 0, 1, 0, 1, 0, 2], ['ALARM']],
    ])('%j: %j', (errors, expected) => {
      // Nothing is published of an hour without any.
      const samples = { FunctionErrors: hourly(errors).filter(({ value }) => value > 0) };
      const changes = changesOf(settings('FunctionErrorsAlarm'), samples, errors.length * HOUR, assumed);
      expect(changes.map(({ state }) => state)).toEqual(['OK', ...expected]);
    });
  });

  describe('what a check measures', () => {
    const none = undefined;
    const alarmOn = (metric: MetricName) =>
      Object.values(resources).find(({ Properties }) => Properties?.MetricName === metric)?.Properties;

    it.each<[MetricName, (number | undefined)[], boolean]>([
      ['LifeLeft', [40, 40, 40, 40, 16, 16, 40], false],
      ['LifeLeft', [40, 40, 40, 16, 15, 15], true],
      ['SweepAge', [7, 7.5, 8], false],
      ['SweepAge', [7, 7.5, 8, 8.1], true],
      ['CertificatesFailing', [1, 1, 1, 1, 1, 0], false],
      ['CertificatesFailing', [1, 2, 1, 1, 1, 1], true],
      ['CertificatesOverdue', [0, 1, 1], true],
      ['CertificatesOverdue', [none, none, 1], false],
      ['HostsOutOfDate', [0, 4, 4, 0], false],
      ['HostsOutOfDate', [0, 4, 4, 4], true],
      // A check that did not come through is none of the three.
      ['HostsOutOfDate', [0, 4, none, 4, 4], true],
      ['HostsOutOfDate', [0, 4, 4, none, none, none, none], false],
    ])('%s of %j: %s', (metric, values, expected) => {
      const samples = values.flatMap((value, hour) =>
        value === undefined ? [] : { at: (hour + 1) * HOUR, value },
      );
      const changes = changesOf(alarmOn(metric), { [metric]: samples }, values.length * HOUR, assumed);
      expect(changes.at(-1)?.state === 'ALARM').toBe(expected);
    });
  });
});
