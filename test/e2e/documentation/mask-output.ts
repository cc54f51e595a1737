/** npm's own lines. */
const VARIES = [/^> .*$/gm];
const NAMES: [RegExp, string][] = [
  [/\d{8}T\d{6}Z-[0-9a-f]{6}/g, 'VERSION'],
  [/bucket-[0-9a-z]{12}/g, 'BUCKET'],
  [/\d+/g, '0'],
];

/**
 * The words of an output without what differs between two runs: times, ids, ports, progress, and where a table breaks its
 * lines. In order of the alphabet, each as often as it is there.
 */
export function maskOutput(output: string): string[] {
  const still = VARIES.reduce((text, pattern) => text.replace(pattern, ''), output);
  const masked = NAMES.reduce((text, [pattern, name]) => text.replace(pattern, name), still);
  return masked
    .split(/[\s│┌┐└┘├┤┬┴┼─]+/)
    .filter((word) => word !== '')
    .sort();
}

/** The words that are shown and were not printed, and, where the page does not say `…`, those printed and not shown. */
export function compareOutput(shown: string, printed: string): { missing: string[]; unshown: string[] } {
  const [wanted, seen] = [maskOutput(shown.replace(/^ *…$/gm, '')), maskOutput(printed)];
  const unshown = /^ *…$/m.test(shown) ? [] : without(seen, wanted);
  return { missing: without(wanted, seen), unshown };
}

function without(words: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return words.filter((word) => {
    const at = left.indexOf(word);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
