import { isInLastSixth } from '../../../foundation/certificate/life.ts';
import type { State } from '../../../issuance/renewal/rules/state.ts';
import type { CertificateFacts } from './facts.ts';
import type { HostStatus } from './host-status.ts';

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

/** Those that want a person are the others; these are well, or nobody's concern any more. */
const WELL: readonly Health[] = ['ok', 'not-wanted'];
export const isWell = ({ health }: { health: Health }) => WELL.includes(health);

/** The worst that is to be said of a certificate, and why. */
export function judgeHealth(
  { name, wanted, file, pointer, state, now }: CertificateFacts,
  hosts: readonly HostStatus[],
): { health: Health; trouble: string } {
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

function judgeHosts(hosts: readonly HostStatus[]): { health: Health; trouble: string } {
  const behind = hosts.filter(({ isLive }) => !isLive);
  if (behind.length === 0) return { health: 'ok', trouble: '' };
  const named = behind
    .slice(0, HOSTS_NAMED)
    .map(({ instanceId, outcome }) => `${instanceId} ${outcome}`)
    .join(', ');
  const more = behind.length > HOSTS_NAMED ? ` and ${behind.length - HOSTS_NAMED} more` : '';
  return { health: 'hosts-behind', trouble: `${named}${more}` };
}

function failureOf(state: State | undefined): string {
  if (!state || state.failures === 0) return '';
  const { reason, message } = state.lastFailure ?? { reason: 'unknown', message: '' };
  const next = state.notBefore === undefined ? '' : `; next try after ${state.notBefore.slice(0, 16)}Z`;
  return `${reason} (${state.failures} in a row): ${message}${next}`;
}
