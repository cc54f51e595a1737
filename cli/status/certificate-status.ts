import { DAY } from '../../lib/core/durations.ts';
import type { HostRecord } from '../../lib/core/host-record.ts';
import type { LivePointer } from '../../lib/core/live-pointer.ts';
import type { State } from '../../lib/core/state.ts';

/** What is known of one certificate. Instants are ISO 8601 in UTC. */
export interface CertificateFacts {
  name: string;
  /** Whether `renewal/<name>.json` exists. */
  wanted: boolean;
  /** `unreadable` when what is in the bucket is no pointer. */
  pointer: LivePointer | 'unreadable' | undefined;
  state: State | undefined;
  records: readonly HostRecord[];
  now: Date;
}

export type Health =
  | 'expired'
  | 'unreadable'
  | 'failing'
  | 'overdue'
  | 'hosts-behind'
  | 'never-issued'
  | 'not-wanted'
  | 'ok';

export interface CertificateStatus {
  name: string;
  health: Health;
  /** Why, in one line; empty when all is well. */
  trouble: string;
  names: string[];
  version?: string;
  notAfter?: string;
  daysLeft?: number;
  ca?: string;
  profile?: string;
  failures: number;
  hosts: { instanceId: string; group: string; outcome: string; version?: string; isLive: boolean }[];
}

/** Those that want a person; the others are well, or nobody's concern any more. */
const WELL: readonly Health[] = ['ok', 'not-wanted'];
export const isWell = ({ health }: Pick<CertificateStatus, 'health'>) => WELL.includes(health);

/** What `perennial status` says of a certificate. */
export function statusOf(facts: CertificateFacts): CertificateStatus {
  const { name, pointer, state, now } = facts;
  const live = pointer === 'unreadable' ? undefined : pointer;
  const hosts = live ? hostsOf(facts, live) : [];
  return {
    name,
    ...judge(facts, hosts),
    names: live?.names ?? [],
    ...(live && { version: live.version, notAfter: live.notAfter, daysLeft: daysLeft(live, now) }),
    ...(live?.ca !== undefined && { ca: live.ca }),
    ...(live?.profile !== undefined && { profile: live.profile }),
    failures: state?.failures ?? 0,
    hosts,
  };
}

/** The soonest trouble first: what is not well before what is, then by expiry; without one comes first. */
export function bySoonestTrouble(a: CertificateStatus, b: CertificateStatus): number {
  const rank = Number(isWell(a)) - Number(isWell(b));
  if (rank !== 0) return rank;
  const [left, right] = [a.notAfter ?? '', b.notAfter ?? ''];
  return left === right ? (a.name < b.name ? -1 : 1) : left < right ? -1 : 1;
}

const daysLeft = ({ notAfter }: LivePointer, now: Date) =>
  Math.floor((Date.parse(notAfter) - now.getTime()) / DAY);

function hostsOf({ name, records }: CertificateFacts, live: LivePointer): CertificateStatus['hosts'] {
  return records.flatMap(({ instanceId, group, lineages }) => {
    const lineage = lineages[name];
    if (!lineage || !live.hosts.includes(group)) return [];
    const { version, outcome } = lineage;
    const isLive = version === live.version;
    return { instanceId, group, outcome, isLive, ...(version !== undefined && { version }) };
  });
}

function judge(
  { name, wanted, pointer, state, now }: CertificateFacts,
  hosts: CertificateStatus['hosts'],
): Pick<CertificateStatus, 'health' | 'trouble'> {
  if (pointer === 'unreadable')
    return { health: 'unreadable', trouble: `live/${name}.json is no pointer; the next sweep rebuilds it` };
  const failure = failureOf(state);
  if (pointer && Date.parse(pointer.notAfter) <= now.getTime())
    return { health: 'expired', trouble: failure || 'it has expired' };
  if (!wanted && pointer)
    return { health: 'not-wanted', trouble: `renewal/${name}.json is gone; it is not renewed any more` };
  if (failure !== '') return { health: 'failing', trouble: failure };
  if (!pointer) return { health: 'never-issued', trouble: 'nothing is issued yet' };
  const lifetime = Date.parse(pointer.notAfter) - Date.parse(pointer.notBefore);
  if (Date.parse(pointer.notAfter) - now.getTime() < lifetime / 6)
    return { health: 'overdue', trouble: 'in the last sixth of its life' };
  const behind = hosts.filter(({ isLive }) => !isLive);
  if (behind.length > 0)
    return {
      health: 'hosts-behind',
      trouble: behind.map(({ instanceId, outcome }) => `${instanceId} ${outcome}`).join(', '),
    };
  return { health: 'ok', trouble: '' };
}

function failureOf(state: State | undefined): string {
  if (!state || state.failures === 0) return '';
  const { reason, message } = state.lastFailure ?? { reason: 'unknown', message: '' };
  const next = state.notBefore === undefined ? '' : `; next try after ${state.notBefore.slice(0, 16)}Z`;
  return `${reason} (${state.failures} in a row): ${message}${next}`;
}
