import type { Part } from './read-message.ts';

/** A part as one text: the head, and a line each. */
export const partText = ({ head, lines }: Part) => [head, ...lines].join('\n');

export function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

/** The first parts that have room together, by what each takes, and how many are left out. */
export function inLimits(
  parts: readonly Part[],
  { most, room, size }: { most: number; room: number; size: (part: Part) => number },
): { shown: Part[]; left: number } {
  const shown: Part[] = [];
  let taken = 0;
  for (const part of parts) {
    taken += size(part);
    if (shown.length === most || taken > room) break;
    shown.push(part);
  }
  return { shown, left: parts.length - shown.length };
}

export const moreText = (left: number) => `… and ${left} more: the mail has all of it`;
