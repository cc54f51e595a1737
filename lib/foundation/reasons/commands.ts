import { rows } from './row.ts';

/** Of the stack that the command line looks for. */
export const STACK = {
  ...rows('', 'no-stack', 'several-stacks', 'half-deployed'),
  ...rows('', 'access-denied', 'not-reached', 'function-failed'),
};

/** What the command line says to who types it; docs/command-line.md. */
export const COMMAND = {
  ...STACK,
  ...rows('', 'renewal-file-exists', 'nothing-by-that-name', 'force-needs-names', 'limit-invalid'),
  ...rows('', 'no-such-folder', 'unknown-folder', 'file-unreadable', 'key-unreadable', 'key-type-unknown'),
  ...rows('', 'not-dns-names', 'exists-already', 'live-already', 'archive-differs', 'archive-missing'),
};
