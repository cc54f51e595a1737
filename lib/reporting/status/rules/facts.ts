import type { HostRecord } from '../../../delivery/deployment/rules/host-record.ts';
import type { LivePointer } from '../../../foundation/certificate/live-pointer.ts';
import type { Wanted } from '../../../foundation/certificate/renewal-file.ts';
import type { StackCas } from '../../../issuance/ca/rules/ca-list.ts';
import type { State } from '../../../issuance/renewal/rules/state.ts';

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
