import { printable } from '../../lib/foundation/common/explain-issues.ts';

interface Mark {
  line: number;
  column: number;
  position: number;
}

/** What js-yaml says of a text, in the words of somebody who writes settings, with what to do. */
export function complaintAboutYaml(text: string, { reason, mark }: { reason: string; mark?: Mark }): string {
  if (text.includes('\0')) return 'has null bytes, as UTF-16 does; save it as UTF-8';
  if (reason.startsWith('expected a single document'))
    return 'has two documents; leave out the line "---" between them';
  if (mark === undefined) return reason;
  const line = `line ${mark.line + 1}: `;
  if (reason === 'duplicated mapping key') return line + repeatedKey(text, mark);
  // YAML takes a text that begins with * for an alias.
  if (/^(unidentified alias|name of an alias)/.test(reason))
    return `${line}a text that begins with "*" has to be in quotes; a domain is written without "*."`;
  return line + reason;
}

function repeatedKey(text: string, { line, column }: Mark): string {
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/);
  const key = printable(/^["']?([^"':\s,{}]*)/.exec((lines[line] ?? '').slice(column))?.[1] ?? '');
  if (column === 0) return `the section "${key}" stands twice; make one of the two`;
  const section = lines
    .slice(0, line + 1)
    .map((before) => /^["']?([\w-]+)["']?\s*:/.exec(before)?.[1])
    .findLast((name) => name !== undefined);
  return `"${key}" stands twice in ${section ?? 'the file'}; leave out one of them`;
}
