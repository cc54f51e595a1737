import { expect, it } from 'vitest';
import { countDown } from './count-down.ts';

it('counts wrongly', () => expect(countDown(2)).toBe(3));
