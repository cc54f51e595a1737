import { expect, it } from 'vitest';
import { amountOf, countDown, FIRST, timesSeven, wait } from './count-down.ts';

it('counts down', () => expect(countDown(4)).toBe(4));
it('begins where it is to', () => expect(countDown(FIRST)).toBe(3));
it('waits', async () => expect(await wait()).toBeUndefined());
it.skip('is left out', () => expect(timesSeven(1)).toBe(7));
it('tells many from none', () => expect([amountOf(5), amountOf(0)]).toEqual(['many', 'few']));
