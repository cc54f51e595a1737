import fc from 'fast-check';
import { expect, it } from 'vitest';
import { inRoom } from '../../../lib/foundation/common/in-room.ts';

const texts = (count: number, length: number) =>
  Array.from({ length: count }, (_, index) => `${index}:`.padEnd(length, 'x'));

it.each<[string, string[], RegExp]>([
  ['nothing', [], /^$/],
  ['what fits', ['a', 'b\nc'], /^a; b c$/],
  ['only the last is short', ['x'.repeat(9_000), 'b'], /^x{400,498}…; b$/],
  ['all are long', texts(3, 9_000), /^0:x+…; 1:x+…; 2:x+…$/],
  ['too many', texts(100, 300), /^0:x+…; 1:x+…; 2:x+…; .*and \d\d more$/],
  ['one that is too long', ['x'.repeat(9_000)], /^x{990,1000}…$/],
])('with %s', (_, parts, line) => {
  expect(inRoom(parts, 1000)).toMatch(line);
});

it('leaves whole what just fits, separators counted, and cuts what does not', () => {
  const whole = ['x'.repeat(500), 'y'.repeat(498)];
  expect(inRoom(whole, 1000)).toBe(whole.join('; '));
  const cut = inRoom(['x'.repeat(500), 'y'.repeat(500)], 1000);
  expect(cut).toBe(`${'x'.repeat(497)}…; ${'y'.repeat(497)}…`);
});

it('leaves whole a part that just has its share beside a longer one', () => {
  const line = inRoom(['x'.repeat(498), 'y'.repeat(600)], 1000);
  expect(line).toBe(`${'x'.repeat(498)}; ${'y'.repeat(497)}…`);
});

it('has its room, and tells of each text or of how many there are, whatever they are', () => {
  const parts = fc.array(
    fc.string({ minLength: 1, maxLength: 400 }).map((text) => `>${text.replace(/;/g, '')}`),
  );
  fc.assert(
    fc.property(parts, fc.integer({ min: 200, max: 2000 }), (all, most) => {
      const line = inRoom(all, most);
      expect(line.length).toBeLessThanOrEqual(most + '; and 1000 more'.length);
      const left = Number(/; and (\d+) more$/.exec(line)?.[1] ?? 0);
      const told = line.replace(/; and \d+ more$/, '');
      expect((told === '' ? 0 : told.split('; >').length) + left).toBe(all.length);
    }),
  );
});
