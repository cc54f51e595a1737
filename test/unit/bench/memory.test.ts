import { describe, expect, it } from 'vitest';
import { addReport, type Point, pointOf, type Run } from '../../../bench/memory/figures.ts';
import { drawMemory } from '../../../bench/memory/picture.ts';
import { memoryTable } from '../../../bench/memory/table.ts';

const report = (durationMs: number, initDurationMs?: number) => ({
  durationMs,
  initDurationMs,
  maxMemoryMb: 100,
  cpu: { usedMs: 50, throttledMs: 5 },
});
const figures = (durationMs: number) => addReport(undefined, 512, report(durationMs));
const run = (more: Partial<Run>): Run => ({ pointerMs: 1000, functions: {}, failed: {}, ...more });

describe('what a function is billed', () => {
  it('is its time, the start included, by the millisecond begun, times its memory', () => {
    expect(addReport(undefined, 512, report(799.2, 200.1))).toMatchObject({ wallMs: 1000, gbSeconds: 0.5 });
  });

  it('adds up over its invocations', () => {
    const twice = addReport(addReport(undefined, 1024, report(1000)), 1024, report(2000));
    expect(twice).toMatchObject({ invocations: 2, wallMs: 3000, gbSeconds: 3, cpuMs: 100, heldBackMs: 10 });
  });
});

describe('a size of memory', () => {
  it('has the medians of its runs', () => {
    const runs = [100, 300, 200].map((ms) => run({ functions: { scan: figures(ms) } }));
    expect(pointOf(512, runs).functions.scan?.wallMs).toBe(200);
  });

  it('has no figures of a function that failed in one of them, and none of the line', () => {
    const failed = run({ pointerMs: undefined, failed: { renew: 'Runtime.OutOfMemory' } });
    const point = pointOf(128, [run({ functions: { renew: figures(100) } }), failed]);
    expect(point).toMatchObject({
      pointerMs: undefined,
      functions: {},
      failed: { renew: 'Runtime.OutOfMemory' },
    });
  });
});

describe('the table and the picture', () => {
  const points: Point[] = [
    { memoryMb: 128, ...run({ pointerMs: undefined, failed: { renew: 'Runtime.OutOfMemory' } }) },
    { memoryMb: 512, ...run({ functions: { renew: figures(1000) } }) },
    { memoryMb: 1024, ...run({ functions: { renew: figures(500) } }) },
  ];
  const loads = [{ title: 'one certificate', runs: 1, points }];

  it('say where a function had too little memory', () => {
    expect(memoryTable(loads)).toMatch(/renew: billed, s +│ out of memory │ 1\.00 +│ 0\.50/);
  });

  it('have a point for each size at which a function ran', () => {
    expect(drawMemory(loads).match(/<circle /g)).toHaveLength(4);
  });
});
