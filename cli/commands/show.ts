import { type AcmImport, AcmRecord } from '../../lib/delivery/acm/rules/decide-imports.ts';
import type { ObjectStore } from '../../lib/foundation/bucket/object-store.ts';
import { findPointer } from '../../lib/foundation/bucket/read-pointer.ts';
import type { LivePointer } from '../../lib/foundation/certificate/live-pointer.ts';
import { acmKey, archivePrefix, liveKey, renewalKey } from '../../lib/foundation/certificate/object-keys.ts';
import { orNone } from '../../lib/foundation/common/parse-json.ts';
import { findState } from '../../lib/issuance/renewal/read-state.ts';
import { lastFailed } from '../../lib/issuance/renewal/rules/state.ts';
import { readStatus, type StatusReads } from '../../lib/reporting/status/read-status.ts';
import type { HostStatus } from '../../lib/reporting/status/rules/certificate-status.ts';
import { isWell } from '../../lib/scan/rules/health.ts';
import type { PlannedCertificate } from '../../lib/scan/rules/plan.ts';
import type { Answer, GlobalOptions } from '../answer.ts';
import { decider } from '../follow/decide.ts';
import { showable } from '../output/table.ts';
import { findStack } from '../stack/find-stack.ts';
import { settingsOf } from '../stack/functions.ts';
import { openBucket, READS_AT_ONCE } from '../stack/open-bucket.ts';
import { openHosts } from '../stack/open-hosts.ts';
import { nothingByThatName } from '../stack/similar-name.ts';

type ShowReads = StatusReads & {
  store: Pick<ObjectStore, 'folders'>;
  /** What a scan would do; `undefined` where it cannot be asked. */
  decide: (name: string) => Promise<PlannedCertificate | undefined>;
};

/** `perennial-tls show`: one certificate with all that the stack knows of it. */
export async function show(name: string, { stage }: GlobalOptions): Promise<Answer> {
  renewalKey(name);
  const stack = await findStack(stage);
  const reads = {
    store: openBucket(stack),
    hosts: openHosts(stack),
    stack: await settingsOf(stack),
    decide: decider(stack),
  };
  return showFrom(reads, name, new Date());
}

export async function showFrom(reads: ShowReads, name: string, now: Date): Promise<Answer> {
  const { store, decide } = reads;
  const [file, found, { state }, versions, acm, [status]] = await Promise.all([
    store.get(renewalKey(name)),
    findPointer(store, name),
    findState(store, name, now),
    store.folders(archivePrefix(name)),
    store.get(acmKey(name)),
    readStatus(reads, { now, readsAtOnce: READS_AT_ONCE, only: new Set([name]) }),
  ]);
  if (!status) throw await nothingByThatName(store, name);
  const { health, trouble, hosts } = status;
  const live = found?.pointer;
  const next = await decide(name);
  const imports = orNone(acm?.body, AcmRecord)?.imports ?? [];
  const failed = lastFailed(state);
  const { failures = 0, lastFailure: failure, notBefore } = failed ?? {};
  const lines = [
    `status: ${health}${trouble === '' ? '' : `: ${trouble}`}`,
    nextLine(next),
    file
      ? `${renewalKey(name)}:\n${file.body.trim()}`
      : `${renewalKey(name)} is not there: it is not renewed`,
    ...liveLines(live, { name, isFound: found !== undefined }),
    ...hosts.map(hostLine),
    ...imports.map((one) => importLine(one, live)),
    `versions: ${versions.join(', ') || 'none'}`,
    `failures in a row: ${failures}${notBefore !== undefined && failures > 0 ? `, next try not before ${notBefore}` : ''}`,
    ...(failure ? [`last failure: ${failure.at} ${failure.reason}: ${failure.message}`] : []),
  ];
  return {
    ok: isWell(status),
    json: {
      name,
      health,
      trouble,
      next,
      file: file?.body,
      live,
      hosts,
      acm: imports,
      versions,
      failures,
      failure,
      notBefore,
    },
    text: lines.map(showable).join('\n'),
  };
}

function nextLine(next: PlannedCertificate | undefined): string {
  if (!next) return 'next: scan could not be asked, which needs lambda:InvokeFunction';
  const { action, reason } = next;
  const until = 'until' in next ? ` until ${next.until.slice(0, 16)}Z` : '';
  const why = 'message' in next && next.message ? `: ${next.message}` : '';
  return `next: ${action} (${reason})${until}${why}`;
}

function liveLines(
  live: LivePointer | undefined,
  { name, isFound }: { name: string; isFound: boolean },
): string[] {
  if (!live) return [isFound ? `live: ${liveKey(name)} is no pointer` : 'live: nothing is issued yet'];
  return [
    `live: version ${live.version}, expires ${live.notAfter}`,
    `names: ${live.names.join(', ')}`,
    `key: ${live.key}, CA: ${live.ca ?? 'not known'}, profile: ${live.profile ?? "the CA's own"}`,
    `serial: ${live.serial}, SHA-256: ${live.fingerprint}`,
    `host groups: ${live.hosts.join(', ') || 'none'}`,
  ];
}

function hostLine({ instanceId, group, online, outcome, version, isLive, waitsUntil }: HostStatus): string {
  const has = isLive ? 'the live version' : version === undefined ? 'no version' : `version ${version}`;
  const waits = waitsUntil === undefined ? '' : `, not to be touched before ${waitsUntil}`;
  return `host ${instanceId} (${group}): has ${has}, last reported ${outcome}${online ? '' : ', offline'}${waits}`;
}

function importLine(
  { region, arn, version, outcome, message }: AcmImport,
  live: LivePointer | undefined,
): string {
  const has = version === undefined ? 'no version' : version === live?.version ? 'the live version' : version;
  return `ACM ${region}: ${outcome}, has ${has}${arn === undefined ? '' : `, ${arn}`}${message ? `: ${message}` : ''}`;
}
