import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { shrink } from '../../simulation/shrink.ts';

it('finds exactly the items that are needed', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 40 }),
      fc.array(fc.nat(39), { maxLength: 4 }),
      async (count, drawn) => {
        const items = Array.from({ length: count }, (_, index) => index);
        const needed = [...new Set(drawn)].filter((item) => item < count);
        const found = await shrink(items, async (some) => needed.every((item) => some.includes(item)));
        expect(found).toEqual(needed.toSorted((a, b) => a - b));
      },
    ),
  );
});
