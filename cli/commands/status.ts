import { IndexedReads } from '../../lib/foundation/bucket/indexed-reads.ts';
import { readStatus } from '../../lib/reporting/status/read-status.ts';
import type { CertificateStatus } from '../../lib/reporting/status/rules/certificate-status.ts';
import { isWell } from '../../lib/scan/rules/health.ts';
import type { Answer, GlobalOptions } from '../answer.ts';
import { type Cell, tableOf } from '../output/table.ts';
import { type DeployedStack, findStack } from '../stack/find-stack.ts';
import { settingsOf } from '../stack/functions.ts';
import { openBucket, READS_AT_ONCE } from '../stack/open-bucket.ts';
import { openHosts } from '../stack/open-hosts.ts';

const HEAD = ['certificate', 'status', 'expires', 'days', 'hosts', 'why'];

/** `perennial-tls status`: every certificate, the soonest trouble first. */
export async function status({ stage }: GlobalOptions, now = new Date()): Promise<Answer> {
  const stack = await findStack(stage);
  const reads = {
    store: await IndexedReads.open(openBucket(stack)),
    hosts: openHosts(stack),
    stack: await settingsOf(stack),
  };
  return answerOf(stack, await readStatus(reads, { now, readsAtOnce: READS_AT_ONCE }), now);
}

export function answerOf(
  stack: Pick<DeployedStack, 'name' | 'region'>,
  certificates: readonly CertificateStatus[],
  now: Date,
): Answer {
  return {
    ok: certificates.every(isWell),
    json: { stack: stack.name, region: stack.region, at: now.toISOString(), certificates },
    text: reportOf(stack, certificates),
  };
}

export function reportOf(
  { name, region }: Pick<DeployedStack, 'name' | 'region'>,
  certificates: readonly CertificateStatus[],
  width?: number,
): string {
  const unwell = certificates.filter((certificate) => !isWell(certificate)).length;
  if (certificates.length === 0) return `${name} in ${region}: no certificates yet`;
  const count = `${certificates.length} certificate${certificates.length === 1 ? '' : 's'}`;
  const waiting = certificates.filter(({ health }) => health === 'waits-for-window').length;
  const others = certificates.filter((certificate) => isWell(certificate) && certificate.health !== 'ok');
  const idle = others.length - waiting;
  const left = [
    idle === 0 ? '' : `, ${idle} without a renewal file`,
    waiting === 0 ? '' : `, ${waiting} waiting for a window`,
  ].join('');
  const last = `${name} in ${region}: ${count}, ${unwell === 0 ? `all well${left}` : `${unwell} not well`}`;
  return `${tableOf(HEAD, certificates.map(rowOf), width)}\n${last}`;
}

function rowOf(certificate: CertificateStatus): Cell[] {
  const { name, health, notAfter, daysLeft, hosts, trouble } = certificate;
  const behind = hosts.filter(({ isLive }) => !isLive).length;
  return [
    name,
    { text: health, colour: health === 'ok' ? 'green' : isWell(certificate) ? 'yellow' : 'red' },
    notAfter?.slice(0, 10) ?? '–',
    daysLeft === undefined ? '–' : String(daysLeft),
    hosts.length === 0 ? '–' : `${hosts.length - behind} of ${hosts.length}`,
    trouble,
  ];
}
