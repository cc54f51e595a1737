import { afterAll, describe, expect, it } from 'vitest';
import { rowsOf } from '../attacks/attack.ts';
import { POSITIONS } from '../attacks/rows/all.ts';
import { Stages } from '../attacks/stages.ts';

/** Those that need no cloud; `npm run attacks` runs all. */
const stages = new Stages();
afterAll(() => stages.stop());

describe.each(POSITIONS.map(({ attacker, ...others }) => ({ attacker, ...others })))(
  '$attacker',
  (position) => {
    const quick = rowsOf(position).filter((row) => row.quick);

    it.each(quick.map((row) => [row.id, row.tried, row] as const))('%s: %s', async (_id, _tried, row) => {
      expect(await row.run(stages)).not.toBe('');
    });
  },
);
