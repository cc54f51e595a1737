import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runRow } from '../faults/row.ts';
import { ROWS } from '../faults/rows/all.ts';
import { World } from '../faults/world.ts';

/** The quick ones; `npm run faults` runs all. */
const QUICK = [2, 3, 4, 5, 6, 8];
let world: World;

beforeAll(async () => {
  world = await World.start();
});

afterAll(() => world?.stop());

describe('a fault', () => {
  const rows = ROWS.filter((row) => 'run' in row).filter(({ number }) => QUICK.includes(number));

  it.each(rows.map((row) => [`row ${row.number}: ${row.title}`, row] as const))('%s', async (_, row) => {
    expect(await runRow(world, row, 1)).toContain('I1');
  });
});
