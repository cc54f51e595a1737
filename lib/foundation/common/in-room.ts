import { oneLine } from './one-line.ts';

/** Less of a text says little. */
const SHORTEST = 150;

/**
 * Somebody else's texts in one line of about `most` characters: longer ones are each cut to a share, so that none hides the
 * others, and those left out are counted.
 */
export function inRoom(parts: readonly string[], most: number): string {
  const all = parts.map((part) => oneLine(part, Number.POSITIVE_INFINITY)).filter((part) => part !== '');
  if (all.join('; ').length <= most) return all.join('; ');
  const share = Math.max(SHORTEST, Math.floor(most / all.length) - '; '.length);
  let told = '';
  for (const [index, part] of all.entries()) {
    const cut = part.length > share ? `${oneLine(part, share - 1)}…` : part;
    const next = told === '' ? cut : `${told}; ${cut}`;
    if (next.length > most) return `${told}; and ${all.length - index} more`;
    told = next;
  }
  return told;
}
