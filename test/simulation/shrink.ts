/**
 * The fewest items with which something still fails, by leaving out ever smaller parts (A. Zeller, "Yesterday, my program
 * worked. Today, it does not. Why?", 1999): without any one of them it does not.
 */
export async function shrink<Item>(
  items: readonly Item[],
  fails: (some: readonly Item[]) => Promise<boolean>,
): Promise<Item[]> {
  let left = [...items];
  let size = Math.ceil(left.length / 2);
  while (size >= 1) {
    const shorter = await withoutOnePart(left, size, fails);
    if (shorter) left = shorter;
    else if (size === 1) break;
    else size = Math.ceil(size / 2);
    size = Math.min(size, Math.max(1, Math.ceil(left.length / 2)));
  }
  return left;
}

async function withoutOnePart<Item>(
  items: readonly Item[],
  size: number,
  fails: (some: readonly Item[]) => Promise<boolean>,
): Promise<Item[] | undefined> {
  for (let from = 0; from < items.length; from += size) {
    const some = items.toSpliced(from, size);
    if (await fails(some)) return some;
  }
  return undefined;
}
