import { expect, it } from 'vitest';
import { DAY } from '../../simulation/engine/durations.ts';
import { Scheduler } from '../../simulation/engine/scheduler.ts';
import { Bucket } from '../../simulation/services/bucket.ts';

const START = Date.parse('2026-11-20T00:00:00Z');

it('the simulated bucket keeps what an object was, the newest first, and what was removed, for 90 days', async () => {
  const scheduler = new Scheduler(START);
  const bucket = new Bucket(scheduler);
  const bodies = () => bucket.olderVersions('state/a.json').map(({ body }) => body);
  for (const body of ['1', '2', '2', '3']) bucket.put('state/a.json', body, 'scan');
  bucket.remove('state/a.json', 'scan');
  bucket.remove('state/a.json', 'scan');
  expect(bodies()).toEqual(['3', '2', '1']);
  expect(bucket.olderKeys('state/')).toEqual(['state/a.json']);
  expect(bucket.olderKeys('live/')).toEqual([]);
  await scheduler.runUntil(START + 90 * DAY - 1000);
  expect(bodies()).toHaveLength(3);
  await scheduler.runUntil(START + 90 * DAY);
  expect(bodies()).toEqual([]);
  expect(bucket.olderKeys('')).toEqual([]);
});
