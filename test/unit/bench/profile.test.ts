import { describe, expect, it } from 'vitest';
import { averageOf } from '../../../bench/profile/average.ts';
import { busyIn } from '../../../bench/profile/cpu-profile.ts';
import { phaseAt, type SeenCall, slicesOf } from '../../../bench/profile/phases.ts';

const call = (atMs: number, service: string, action: string, key = ''): SeenCall => ({
  atMs,
  service,
  action,
  key,
});
const CALLS = [
  call(110, 's3', 'GetObject', 'renewal/a.json'),
  call(120, 'acme', 'newOrder'),
  call(130, 'acme', 'authorization'),
  call(140, 's3', 'PutObject', 'pending/a.json'),
  call(150, 'route53', 'ChangeResourceRecordSets'),
  call(160, 'route53', 'GetChange'),
  call(170, 'acme', 'challenge'),
  call(180, 'acme', 'finalize'),
  call(185, 'route53', 'ChangeResourceRecordSets'),
  call(190, 's3', 'PutObject', 'archive/a/1/privkey.pem'),
  call(200, 's3', 'PutObject', 'live/a.json'),
  call(210, 's3', 'PutObject', 'live/a/fullchain.pem'),
];

describe('the phases of a renewal', () => {
  const slices = slicesOf(CALLS, 100, 50);

  it.each([
    ['before the process started', 49, undefined],
    ['while the process starts', 50, 'start'],
    ['before the order', 119, 'prepare'],
    ['with the order', 120, 'order'],
    ['with the first change of DNS', 150, 'publish'],
    ['also after the change that removes the TXT values', 186, 'finalize'],
    ['with the first file of the archive', 190, 'commit'],
    ['with the pointer', 200, 'commit'],
    ['after the pointer', 210, 'end'],
  ])('%s: %i is in %s', (_, atMs, phase) => {
    expect(phaseAt(slices, atMs)).toBe(phase);
  });

  it('have no start where the process was warm', () => {
    expect(slicesOf(CALLS, 100)[0]).toEqual({ phase: 'prepare', fromMs: 100 });
  });

  it('are fewer where nothing had to be proved', () => {
    const proved = CALLS.filter(
      ({ action }) => !['authorization', 'challenge', 'GetChange'].includes(action),
    );
    expect(slicesOf(proved, 100).map(({ phase }) => phase)).not.toContain('prove');
  });
});

describe("a phase's CPU", () => {
  const nodes = ['(root)', '(idle)', 'work'].map((functionName, id) => ({
    id,
    callFrame: { functionName, url: '' },
  }));
  const busy = busyIn({ nodes, startTime: 110_000, samples: [2, 1, 2], timeDeltas: [0, 10_000, 30_000] }, 0);

  it('is what the main thread did not idle', () => {
    expect(busy).toEqual([{ atMs: 110, ms: 10 }]);
  });

  it('is scaled to what the process used, and shared out over the runs', () => {
    const renewal = { name: 'a', slices: slicesOf(CALLS, 100), endMs: 220, calls: CALLS, cpuMs: 25 };
    const idle = { ...renewal, slices: slicesOf([], 300), endMs: 400, calls: [], cpuMs: 0 };
    const prepare = averageOf([renewal, idle], busy).find(({ phase }) => phase === 'prepare');
    expect(prepare).toMatchObject({ cpuMs: 12.5, calls: { s3: 0.5 } });
  });
});
