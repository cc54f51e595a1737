import { afterAll, describe, expect, it } from 'vitest';
import { rowsOf } from '../attacks/attack.ts';
import { POSITIONS } from '../attacks/rows/all.ts';
import { Stages } from '../attacks/stages.ts';

/** Those that need no cloud; `npm run attacks` runs all. */
const QUICK = POSITIONS.flatMap(rowsOf).filter((row) => row.quick);
const stages = new Stages();

afterAll(() => stages.stop());

describe('an attack', () => {
  it.each(QUICK.map((row) => [row.id, row.tried, row] as const))('%s: %s', async (_id, _tried, row) => {
    expect(await row.run(stages)).not.toBe('');
  });
});
