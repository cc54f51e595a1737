import { describe, expect, it } from 'vitest';
import { RequestBucket } from '../../../../lib/adapters/aws/request-bucket.ts';

describe('the bucket of requests', () => {
  it('lets fifty of an action through at once, then ten a second', () => {
    const bucket = new RequestBucket(() => 0);
    const delays = Array.from({ length: 53 }, () => bucket.reserve('GetChange'));
    expect(delays.slice(0, 50)).toEqual(Array(50).fill(0));
    expect(delays.slice(50)).toEqual([100, 200, 300]);
  });

  it('counts each action by itself', () => {
    const bucket = new RequestBucket(() => 0);
    for (let index = 0; index < 50; index += 1) bucket.reserve('GetChange');
    expect(bucket.reserve('ListHostedZones')).toBe(0);
  });

  it('fills up again with time, and not over its burst', () => {
    let now = 0;
    const bucket = new RequestBucket(() => now);
    for (let index = 0; index < 50; index += 1) bucket.reserve('GetChange');
    now = 1000;
    expect(Array.from({ length: 11 }, () => bucket.reserve('GetChange'))).toEqual([
      ...Array(10).fill(0),
      100,
    ]);
    now = 1_000_000;
    expect(Array.from({ length: 51 }, () => bucket.reserve('GetChange')).at(-1)).toBe(100);
  });
});
