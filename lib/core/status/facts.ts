import type { StackCas } from '../ca-list.ts';
import type { HostRecord } from '../host-record.ts';
import type { LivePointer } from '../live-pointer.ts';
import type { Wanted } from '../renewal-file.ts';
import type { State } from '../state.ts';

/** What is known of one certificate. Instants are ISO 8601 in UTC. */
export interface CertificateFacts {
  name: string;
  /** Whether `renewal/<name>.json` exists. */
  wanted: boolean;
  /** What that file asks for, and of which CAs by the stack, or why it cannot be used; where it was read. */
  file?: (Wanted & { stack: StackCas }) | { rejected: string };
  /** `unreadable` when what is in the bucket is no pointer. */
  pointer: LivePointer | 'unreadable' | undefined;
  state: State | undefined;
  records: readonly HostRecord[];
  now: Date;
}
