import { compareTexts } from './compare-texts.ts';
/** The known name that differs least, by half of its letters and four at most. */
export function mostSimilar(name: string, known: Iterable<string>): string | undefined {
  const [best] = [...known]
    .map((other) => ({ other, apart: distance(name, other) }))
    .filter(({ other, apart }) => apart <= Math.max(1, Math.min(other.length / 2, 4)))
    .sort((a, b) => a.apart - b.apart || compareTexts(a.other, b.other));
  return best?.other;
}

/** Letters to insert, remove or replace (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (const [i, letter] of [...a].entries()) {
    const next = [i + 1];
    for (const [j, other] of [...b].entries())
      next.push(
        Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)),
      );
    row = next;
  }
  return row.at(-1) ?? 0;
}
