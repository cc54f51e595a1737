import { describe, expect, it } from 'vitest';
import { RequestBucket } from '../../../../lib/adapters/aws/request-bucket.ts';

const delays = (bucket: RequestBucket, count: number, changes = 0) =>
  Array.from({ length: count }, () => bucket.reserve(changes));

describe('the bucket of requests', () => {
  it('lets fifty of an account through at once, then ten a second', () => {
    const seen = delays(new RequestBucket(() => 0), 53);
    expect(seen.slice(0, 50)).toEqual(Array(50).fill(0));
    expect(seen.slice(50)).toEqual([100, 200, 300]);
  });

  it('fills up again with time, and not over its burst', () => {
    let now = 0;
    const bucket = new RequestBucket(() => now);
    delays(bucket, 50);
    now = 1000;
    expect(delays(bucket, 11)).toEqual([...Array(10).fill(0), 100]);
    now = 1_000_000;
    expect(delays(bucket, 51).at(-1)).toBe(100);
  });
});

describe('the bucket of changes', () => {
  it('lets 1,500 through at once, then a hundred a second', () => {
    expect(delays(new RequestBucket(() => 0), 4, 500)).toEqual([0, 0, 0, 5000]);
  });

  it('fills up again with time, and not over its burst', () => {
    let now = 0;
    const bucket = new RequestBucket(() => now);
    delays(bucket, 3, 500);
    now = 1000;
    expect(delays(bucket, 2, 100)).toEqual([0, 1000]);
    now = 1_000_000;
    expect(delays(bucket, 4, 500)).toEqual([0, 0, 0, 5000]);
  });

  it('holds up no request without changes', () => {
    const bucket = new RequestBucket(() => 0);
    bucket.reserve(1600);
    expect([bucket.reserve(), bucket.reserve(1)]).toEqual([0, 1010]);
  });
});
