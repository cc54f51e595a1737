import type * as z from 'zod/mini';
import { printable } from './printable.ts';

/** A schema's issues as one line, each with the path it is about: `names[2]: is an IP address`. */
export function explainIssues(error: z.core.$ZodError): string {
  return error.issues
    .map((issue) => {
      const where = pathOf(issue.path);
      return where ? `${where}: ${complaint(issue)}` : complaint(issue);
    })
    .join('; ');
}

function complaint(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'unrecognized_keys':
      return `unknown key ${issue.keys.map((key) => `"${printable(key)}"`).join(', ')}`;
    case 'invalid_type':
      return issue.input === undefined
        ? `is missing; give it as ${issue.expected}`
        : `must be of type ${issue.expected}`;
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
