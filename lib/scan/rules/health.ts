import type { AcmRecord } from '../../delivery/acm/rules/decide-imports.ts';
import type { Lives } from '../../delivery/deployment/rules/decide-delivery.ts';
import type { HostRecord } from '../../delivery/deployment/rules/host-record.ts';
import type { LivePointer } from '../../foundation/certificate/live-pointer.ts';
import type { Wanted } from '../../foundation/certificate/renewal-file.ts';
import type { Revocation } from '../../foundation/certificate/revocation.ts';
import type { Stack } from '../../foundation/certificate/stack.ts';
import type { Complaint } from '../../foundation/common/perennial-error.ts';
import type { StackCas } from '../../issuance/ca/rules/ca-list.ts';
import type { RenewalFacts } from '../../issuance/renewal/rules/decide-renewal.ts';
import type { State } from '../../issuance/renewal/rules/state.ts';

/** How a certificate is, the worst first. */
export const HEALTHS = [
  'revoked',
  'expired',
  'unreadable',
  'rejected',
  'failing',
  'never-issued',
  'overdue',
  'waiting',
  'hosts-unknown',
  'no-hosts',
  'hosts-offline',
  'hosts-behind',
  'not-served',
  'not-imported',
  'pinned',
  'waits-for-window',
  'retired',
  'unmanaged',
  'ok',
] as const;
export type Health = (typeof HEALTHS)[number];

/** Nobody has to act on these; of them, only `ok` is promised to be served. */
const WELL: readonly Health[] = ['ok', 'waits-for-window', 'retired', 'unmanaged'];
export const isWell = ({ health }: { health: Health }) => WELL.includes(health);

/** States that pass with time: nothing is broken. */
const PENDING: readonly Health[] = ['never-issued', 'waiting', 'pinned'];
export const isPending = ({ health }: { health: Health }) => PENDING.includes(health);

/** A host that carries a group's tag. */
export interface SeenHost {
  instanceId: string;
  online: boolean;
}

/** The facts of one certificate. Instants are ISO 8601 in UTC. */
export interface HealthFacts {
  name: string;
  /** Of the stack. */
  region: string;
  /** Whether `renewal/<name>.json` exists. */
  wanted: boolean;
  /** The parsed file and the stack's CAs, or why it cannot be used. */
  file?:
    | (Wanted & { stack: StackCas & Partial<Pick<Stack, 'hostGroups'>> })
    | { rejected: string }
    | undefined;
  /** `unreadable` when the object is not a pointer. */
  pointer: LivePointer | 'unreadable' | undefined;
  state: State | undefined;
  /** `unreadable` when there is a record that is none. */
  revocations: readonly Revocation[] | 'unreadable';
  records: readonly HostRecord[];
  /** The hosts with the tag of each group; a group that is not there could not be listed. */
  fleet: ReadonlyMap<string, readonly SeenHost[]>;
  /** How long what hosts have instead lives, where they are not to be touched now. */
  lives?: Lives | undefined;
  /** The version that a person put back, if the pin on it holds. */
  pin?: RenewalFacts['pin'];
  acm: AcmRecord | undefined;
  now: Date;
}

/** In one word; what was seen, and the next step, are empty when all is well. */
export interface Judgement extends Complaint {
  health: Health;
}

export function liveOf({ pointer }: Pick<HealthFacts, 'pointer'>): LivePointer | undefined {
  return pointer === 'unreadable' ? undefined : pointer;
}

/** The groups whose hosts are to have it: as the file says or, where it cannot be read, the pointer. */
export function groupsOf(facts: Pick<HealthFacts, 'file' | 'pointer'>): readonly string[] {
  const { file } = facts;
  return file && 'names' in file ? file.hosts : (liveOf(facts)?.hosts ?? []);
}

/** Whether a host that once reported still carries the group's tag, as far as that is known. */
export function isThere(
  { fleet }: HealthFacts,
  { instanceId, group }: { instanceId: string; group: string },
) {
  const hosts = fleet.get(group);
  return hosts === undefined || hosts.some((host) => host.instanceId === instanceId);
}
