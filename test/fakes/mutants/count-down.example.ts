import { expect, it } from 'vitest';
import { amountOf, countDown, FIRST, wait } from './count-down.ts';

it('counts down', () => expect(countDown(4)).toBe(4));
it('begins where it is to', () => expect(countDown(FIRST)).toBe(3));
it('waits', async () => expect(await wait()).toBeUndefined());
it('tells many from none', () => expect([amountOf(5), amountOf(0)]).toEqual(['many', 'few']));
