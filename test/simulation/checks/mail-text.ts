import type { Trouble } from '../../../lib/reporting/notices/rules/trouble.ts';

/** Every headline of a mail, and the kind of trouble that it is of. */
const HEADLINES: readonly (readonly [RegExp, Trouble['kind']])[] = [
  [/^(.+) is not renewed$/, 'renewal'],
  [/^(.+) is overdue$/, 'overdue'],
  [/^URGENT: (.+) is revoked$/, 'health'],
  [/^(.+) cannot be judged$/, 'health'],
  [/^(.+) is not served everywhere$/, 'health'],
  [/^renewal\/(.+)\.json cannot be used$/, 'file'],
  [/^(.+) does not belong there$/, 'file'],
  [/^group (\S+): \d+ (?:host does|hosts do) not install$/, 'deployment'],
  [/^group (\S+) does not install$/, 'deployment'],
  [/^(.+) is not imported$/, 'import'],
  [/^(.+) seen from outside$/, 'site'],
  [/^(.+) was set aside$/, 'object'],
  [/^group (\S+) was sent certificates outside of its window$/, 'window'],
  [/^(.+) is pinned to an older version$/, 'pin'],
  [/^(.+) is not pinned any more$/, 'pin-end'],
];

/** What a mail tells, trouble by trouble, each with the key that it has in `notices/memory.json`. */
export function headlinesIn(text: string): { headline: string; key: string; reason: string }[] {
  return text.split('\n\n').flatMap((part) => {
    const [headline = ''] = part.split('\n');
    const [, reason = ''] = /What failed:.*\(([^()]+)\)$/m.exec(part) ?? [];
    const key = keyIn(headline);
    return key !== undefined && part.includes('What failed:') ? [{ headline, key, reason }] : [];
  });
}

/** The troubles that a mail tells to be over. */
export function allClear(text: string): string[] {
  return [...text.matchAll(/^ {2}(.+?): over, since/gm)].flatMap(
    ([, headline = '']) => keyIn(headline) ?? [],
  );
}

/** Kind and subject, however many hosts there are. */
function keyIn(headline: string): string | undefined {
  for (const [pattern, kind] of HEADLINES) {
    const [, subject] = pattern.exec(headline) ?? [];
    if (subject !== undefined) return `${kind} ${subject}`;
  }
  return undefined;
}
