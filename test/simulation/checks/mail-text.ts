const HEADLINE =
  /^(\S+ is not renewed|\S+ is overdue|renewal\/\S+ cannot be used|group \S+?:? .*|\S+ in \S+ is not imported|\S+ seen from outside|\S+ was set aside|\S+ is pinned to an older version|\S+ is not pinned any more)$/;

/** What a mail tells, trouble by trouble. */
export function headlinesIn(text: string): { headline: string; reason: string }[] {
  return text.split('\n\n').flatMap((part) => {
    const [headline = ''] = part.split('\n');
    const [, reason = ''] = /What failed:.*\(([\w-]+)\)$/m.exec(part) ?? [];
    return HEADLINE.test(headline) && part.includes('What failed:') ? [{ headline, reason }] : [];
  });
}

/** The subjects that a mail tells to be over. */
export function allClear(text: string): string[] {
  return [...text.matchAll(/^ {2}(.+?): over, since/gm)].map(([, headline = '']) => subjectOf(headline));
}

/** Kind and subject, however many hosts or times there are. */
export function subjectOf(headline: string): string {
  const [, file] = /^renewal\/(\S+)\.json cannot/.exec(headline) ?? [];
  if (file) return `file ${file}`;
  const [, window] = /^group (\S+) was sent/.exec(headline) ?? [];
  if (window) return `object window of ${window}`;
  const [, group] = /^group (\S+?):? /.exec(headline) ?? [];
  if (group) return `group ${group}`;
  const [, renewal] = /^(\S+) is not renewed/.exec(headline) ?? [];
  if (renewal) return `renewal ${renewal}`;
  const [, object] = /^(\S+) was set aside/.exec(headline) ?? [];
  if (object) return `object ${object}`;
  const [, pinned] = /^(\S+) is pinned to/.exec(headline) ?? [];
  if (pinned) return `pin ${pinned}`;
  // What went to a group outside of its window, and the end of a pin, happened once.
  const [, ended] = /^(\S+) is not pinned/.exec(headline) ?? [];
  return ended ? `object pin of ${ended}` : headline;
}
