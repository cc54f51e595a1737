import { InputError } from '../lib/foundation/common/input-error.ts';
import type { Reason } from '../lib/foundation/reasons/reasons.ts';

/** What only the command line finds wrong with what it is given. */
type CommandReason =
  | 'renewal-file-exists'
  | 'revoked-before'
  | 'nothing-by-that-name'
  | 'force-needs-names'
  | 'budget-needs-force'
  | 'limit-invalid'
  | 'secret-missing'
  | 'ca-invalid'
  | 'chat-invalid'
  | 'chat-missing'
  | 'no-such-folder'
  | 'unknown-folder'
  | 'file-unreadable'
  | 'key-unreadable'
  | 'key-type-unknown'
  | 'not-dns-names'
  | 'exists-already'
  | 'live-already'
  | 'archive-differs'
  | 'archive-missing'
  | 'not-pinned'
  | 'release-takes-no-version'
  | 'changed-meanwhile'
  | 'nothing-to-edit'
  | 'editor-failed'
  | 'file-key-unknown'
  | 'options-contradict'
  | 'since-invalid'
  | 'no-status-page'
  | 'shell-unknown';

export class CommandError extends InputError<CommandReason | Reason> {}
