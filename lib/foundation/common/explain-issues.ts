import type * as z from 'zod/mini';

/**
 * A schema's issues in one line, each with its path: `names[2]: is an IP address`. `types` has what the readers of other than
 * JSON call its types.
 */
export function explainIssues(error: z.core.$ZodError, types: Readonly<Record<string, string>> = {}): string {
  return error.issues
    .map((issue) => {
      const where = pathOf(issue.path);
      return where ? `${where}: ${complaint(issue, types)}` : complaint(issue, types);
    })
    .join('; ');
}

function complaint(issue: z.core.$ZodIssue, types: Readonly<Record<string, string>>): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return `unknown key ${issue.keys.map((key) => `"${printable(key)}"`).join(', ')}`;
    case 'invalid_type':
      // With a message of its own, as of a range that the number is in.
      if (issue.expected === 'int' && issue.message.startsWith('must be ')) return issue.message;
      return issue.input === undefined
        ? `is missing; give it as ${types[issue.expected] ?? issue.expected}`
        : `must be ${types[issue.expected] ?? `of type ${issue.expected}`}`;
    case 'invalid_value':
      return `must be one of ${issue.values.map((value) => String(value)).join(', ')}`;
    default:
      return issue.message;
  }
}

function pathOf(path: PropertyKey[]): string {
  return path
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : `${index > 0 ? '.' : ''}${printable(String(part))}`,
    )
    .join('');
}

/** A foreign text, safe to print in one line: other characters than plain ASCII show as codes, look-alikes too. */
export function printable(text: string): string {
  return JSON.stringify(text.slice(0, 100))
    .slice(1, -1)
    .replace(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
