/**
 * Somebody else's text as one printable line of at most `most` characters: without line breaks, control and invisible
 * characters, and without those that turn the direction of writing (Unicode, UAX 9), which make one text look like another.
 */
export function oneLine(text: string, most: number): string {
  return text
    .replace(/[\p{Cf}\p{Cs}\p{Co}\p{Cn}]/gu, '')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, most)
    .replace(/[\ud800-\udbff]$/, '');
}

/** Longer than any text of ours. */
const LONGEST = 4_000;

/** For `JSON.stringify`: every text in it as one printable line. */
export function printableTexts(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? oneLine(value, LONGEST) : value;
}
