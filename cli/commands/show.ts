import type { ObjectStore } from '../../lib/foundation/bucket/object-store.ts';
import { findPointer } from '../../lib/foundation/bucket/read-pointer.ts';
import { archivePrefix, liveKey, renewalKey } from '../../lib/foundation/certificate/object-keys.ts';
import { findState } from '../../lib/issuance/renewal/read-state.ts';
import { lastFailed } from '../../lib/issuance/renewal/rules/state.ts';
import { readStatus, type StatusReads } from '../../lib/reporting/status/read-status.ts';
import { isWell } from '../../lib/scan/rules/health.ts';
import type { Answer, GlobalOptions } from '../answer.ts';
import { showable } from '../output/table.ts';
import { findStack } from '../stack/find-stack.ts';
import { settingsOf } from '../stack/functions.ts';
import { openBucket, READS_AT_ONCE } from '../stack/open-bucket.ts';
import { openHosts } from '../stack/open-hosts.ts';
import { nothingByThatName } from '../stack/similar-name.ts';

type ShowReads = StatusReads & { store: Pick<ObjectStore, 'folders'> };

/** `perennial-tls show`: one certificate's status, renewal file, what is live of it, its versions and its last failure. */
export async function show(name: string, { stage }: GlobalOptions): Promise<Answer> {
  renewalKey(name);
  const stack = await findStack(stage);
  const reads = { store: openBucket(stack), hosts: openHosts(stack), stack: await settingsOf(stack) };
  return showFrom(reads, name, new Date());
}

export async function showFrom(reads: ShowReads, name: string, now: Date): Promise<Answer> {
  const { store } = reads;
  const [file, found, { state }, versions, [status]] = await Promise.all([
    store.get(renewalKey(name)),
    findPointer(store, name),
    findState(store, name, now),
    store.folders(archivePrefix(name)),
    readStatus(reads, { now, readsAtOnce: READS_AT_ONCE, only: new Set([name]) }),
  ]);
  if (!status) throw await nothingByThatName(store, name);
  const { health, trouble } = status;
  const live = found?.pointer;
  const failure = lastFailed(state)?.lastFailure;
  const liveLines = live
    ? [
        `live: version ${live.version}, expires ${live.notAfter}`,
        `names: ${live.names.join(', ')}`,
        `key: ${live.key}, CA: ${live.ca ?? 'not known'}, profile: ${live.profile ?? "the CA's own"}`,
        `serial: ${live.serial}, SHA-256: ${live.fingerprint}`,
        `host groups: ${live.hosts.join(', ') || 'none'}`,
      ]
    : [found ? `live: ${liveKey(name)} is no pointer` : 'live: nothing is issued yet'];
  const lines = [
    `status: ${health}${trouble === '' ? '' : `: ${trouble}`}`,
    file
      ? `${renewalKey(name)}:\n${file.body.trim()}`
      : `${renewalKey(name)} is not there: it is not renewed`,
    ...liveLines,
    `versions: ${versions.join(', ') || 'none'}`,
    ...(failure ? [`last failure: ${failure.at} ${failure.reason}: ${failure.message}`] : []),
  ];
  return {
    ok: isWell(status),
    json: { name, health, trouble, file: file?.body, live, versions, failure },
    text: lines.map(showable).join('\n'),
  };
}
