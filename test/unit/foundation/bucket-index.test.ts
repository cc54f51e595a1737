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
      sound: new Set(['"1" "2"']),
    };
    expect(parseIndex(indexText(index))).toEqual(index);
  });

  it.each([
    ['no JSON', '{'],
    ['nothing', ''],
    ['another form', '{"form":1,"objects":{"a":["1","{}"]}}'],
    ['one without its checksum', '{"form":2,"index":{"objects":{},"askAgain":{},"sound":[]}}'],
    ['a list', '[]'],
    ['null', 'null'],
  ])('believes nothing of %s', (_, text) => {
    expect(parseIndex(text)).toEqual(emptyIndex());
  });

  it('believes nothing of one that is not as it was written', () => {
    const objects = new Map([['state/a.json', ['"1"', '{"failures":1}'] as const]]);
    const text = indexText({ ...emptyIndex(), objects });
    expect(parseIndex(text).objects.size).toBe(1);
    for (const changed of [text.replace('failures', 'failuers'), `${text} `, text.slice(0, -9)])
      expect(parseIndex(changed)).toEqual(emptyIndex());
  });

  it('keeps JSON without its white space, and anything else letter by letter', () => {
    expect(toIndexed('1', '{\n  "a": " b "\n}\n')).toEqual(['1', '{"a":" b "}']);
    expect(toIndexed('1', ' {broken')).toEqual(['1', ' {broken']);
  });

  it('keeps no object that is long', () => {
    expect(toIndexed('1', `"${'a'.repeat(16_384)}"`)).toBeUndefined();
  });
});
