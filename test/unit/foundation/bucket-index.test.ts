import { describe, expect, it } from 'vitest';
import {
  emptyIndex,
  indexText,
  parseIndex,
  toIndexed,
} from '../../../lib/foundation/bucket/rules/bucket-index.ts';

describe('the index of the bucket', () => {
  it('reads what it wrote', () => {
    const index = {
      objects: new Map([['renewal/a.json', ['"1"', '{"names":["a"]}'] as const]]),
      askAgain: new Map([['aki.serial', '2026-11-20T08:00:00.000Z']]),
    };
    expect(parseIndex(indexText(index))).toEqual(index);
  });

  it.each([
    ['no JSON', '{'],
    ['nothing', ''],
    ['another form', '{"form":2,"objects":{"a":["1","{}"]}}'],
    ['a list', '[]'],
    ['null', 'null'],
  ])('believes nothing of %s', (_, text) => {
    expect(parseIndex(text)).toEqual(emptyIndex());
  });

  it('leaves out entries that are none, and keeps the others', () => {
    const objects = { a: ['1', '{}'], b: ['1'], c: [1, '{}'], d: null, e: '1' };
    const { objects: kept, askAgain } = parseIndex(
      JSON.stringify({ form: 1, objects, askAgain: { x: 'soon', y: 1 } }),
    );
    expect([...kept]).toEqual([['a', ['1', '{}']]]);
    expect([...askAgain]).toEqual([['x', 'soon']]);
  });

  it('keeps JSON without its white space, and anything else letter by letter', () => {
    expect(toIndexed('1', '{\n  "a": " b "\n}\n')).toEqual(['1', '{"a":" b "}']);
    expect(toIndexed('1', ' {broken')).toEqual(['1', ' {broken']);
  });

  it('keeps no object that is long', () => {
    expect(toIndexed('1', `"${'a'.repeat(16_384)}"`)).toBeUndefined();
  });
});
