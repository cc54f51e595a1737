/** Lambda refuses an answer of over 6 MB, and the run counts as failed (Lambda's developer guide, "Lambda quotas"). */
export const MOST_BYTES = 5_500_000;

/** As many of the first `items` as have `bytes` of JSON together, in UTF-8 and with a comma each. */
export function firstThatFit<T>(items: readonly T[], bytes: number): T[] {
  let left = bytes;
  const end = items.findIndex((item) => {
    left -= Buffer.byteLength(JSON.stringify(item)) + 1;
    return left < 0;
  });
  return end < 0 ? [...items] : items.slice(0, end);
}
