import type { HostRecord } from '../../../delivery/deployment/rules/host-record.ts';
import { isInLastSixth } from '../../../foundation/certificate/life.ts';
import type { LivePointer } from '../../../foundation/certificate/live-pointer.ts';
import type { Wanted } from '../../../foundation/certificate/renewal-file.ts';
import { inShort } from '../../../foundation/common/in-short.ts';
import type { StackCas } from '../../../issuance/ca/rules/ca-list.ts';
import { lastFailed, type State } from '../../../issuance/renewal/rules/state.ts';

/** The facts of one certificate. Instants are ISO 8601 in UTC. */
export interface CertificateFacts {
  name: string;
  /** Whether `renewal/<name>.json` exists. */
  wanted: boolean;
  /** If it was read: the parsed file and the stack's CAs, or why it cannot be used. */
  file?: (Wanted & { stack: StackCas }) | { rejected: string };
  /** `unreadable` when the object is not a pointer. */
  pointer: LivePointer | 'unreadable' | undefined;
  state: State | undefined;
  records: readonly HostRecord[];
  now: Date;
}

/** The last report of a host of a certificate's groups. */
export interface HostStatus {
  instanceId: string;
  group: string;
  outcome: string;
  /** The version that was last installed well. */
  version?: string;
  isLive: boolean;
}

export type Health =
  | 'expired'
  | 'unreadable'
  | 'rejected'
  | 'failing'
  | 'overdue'
  | 'hosts-behind'
  | 'never-issued'
  | 'not-wanted'
  | 'ok';

/** Nobody has to act on these. */
const WELL: readonly Health[] = ['ok', 'not-wanted'];
export const isWell = ({ health }: { health: Health }) => WELL.includes(health);

type Judgement = { health: Health; trouble: string };

/** The worst of a certificate's troubles. */
export function judgeHealth(facts: CertificateFacts, hosts: readonly HostStatus[]): Judgement {
  const { name, wanted, file, pointer, state, now } = facts;
  if (pointer === 'unreadable')
    return { health: 'unreadable', trouble: `live/${name}.json is no pointer; the next sweep rebuilds it` };
  const failure = failureOf(state);
  const rejection = file && 'rejected' in file ? file.rejected : '';
  if (pointer && Date.parse(pointer.notAfter) <= now.getTime())
    return { health: 'expired', trouble: rejection || failure || 'it has expired' };
  if (rejection !== '') return { health: 'rejected', trouble: rejection };
  if (!wanted && pointer)
    return { health: 'not-wanted', trouble: `renewal/${name}.json is gone; it is not renewed any more` };
  if (failure !== '') return { health: 'failing', trouble: failure };
  if (!pointer)
    return { health: 'never-issued', trouble: 'nothing is issued yet; doctor says what would stop it' };
  if (isInLastSixth(pointer, now)) return { health: 'overdue', trouble: 'in the last sixth of its life' };
  return judgeHosts(hosts);
}

const HOSTS_NAMED = 5;

function judgeHosts(hosts: readonly HostStatus[]): Judgement {
  const behind = hosts.filter(({ isLive }) => !isLive);
  if (behind.length === 0) return { health: 'ok', trouble: '' };
  const named = behind.map(({ instanceId, outcome }) => `${instanceId} ${outcome}`);
  return { health: 'hosts-behind', trouble: inShort(named, HOSTS_NAMED) };
}

function failureOf(state: State | undefined): string {
  const failed = lastFailed(state);
  if (!failed) return '';
  const { reason, message } = failed.lastFailure ?? { reason: 'unknown', message: '' };
  const next = failed.notBefore === undefined ? '' : `; next try after ${failed.notBefore.slice(0, 16)}Z`;
  return `${reason} (${failed.failures} in a row): ${message}${next}`;
}

/** Hosts of the groups that the live version names, as far as they have ever reported it. */
export function hostsOf({ name, records }: CertificateFacts, live: LivePointer): HostStatus[] {
  return records.flatMap(({ instanceId, group, lineages }) => {
    const lineage = lineages[name];
    if (!lineage || !live.hosts.includes(group)) return [];
    const { version, outcome } = lineage;
    const isLive = version === live.version;
    return { instanceId, group, outcome, isLive, ...(version !== undefined && { version }) };
  });
}
