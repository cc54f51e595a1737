import { findStrays } from '../../foundation/bucket/find-strays.ts';
import type { Reads } from '../../foundation/bucket/object-store.ts';
import {
  ACM_PREFIX,
  HOSTS_PREFIX,
  instanceIdsIn,
  LIVE_PREFIX,
  namesIn,
  PINS_PREFIX,
  RENEWAL_PREFIX,
  REVOKED_PREFIX,
  renewalFilesIn,
  STATE_PREFIX,
} from '../../foundation/certificate/object-keys.ts';
import { describeError } from '../../foundation/common/describe-error.ts';

/** The names of what is in the bucket, by kind; of `rejected`, why. */
export async function listBucket(store: Pick<Reads, 'list'>, only: ReadonlySet<string> | undefined) {
  const [renewals, live, state, revoked, acm, reports, pins] = await Promise.all([
    store.list(RENEWAL_PREFIX, { deep: true }),
    ...[LIVE_PREFIX, STATE_PREFIX, REVOKED_PREFIX, ACM_PREFIX, HOSTS_PREFIX, PINS_PREFIX].map((prefix) =>
      store.list(prefix),
    ),
  ]);
  const isAskedFor = (name: string) => only === undefined || only.has(name);
  const inFolder = (objects: Parameters<typeof namesIn>[0] = [], prefix: string) =>
    new Set(namesIn(objects, prefix).filter(isAskedFor));
  const wantedFiles = renewalFilesIn(renewals);
  const misnamed = wantedFiles.flatMap((file) =>
    'rejected' in file ? { name: file.rejected, error: file.error } : [],
  );
  const strays = only === undefined ? [...misnamed, ...(await findStrays(store))] : [];
  return {
    renewal: new Set(wantedFiles.flatMap((file) => ('name' in file ? file.name : [])).filter(isAskedFor)),
    live: inFolder(live, LIVE_PREFIX),
    state: inFolder(state, STATE_PREFIX),
    revoked: inFolder(revoked, REVOKED_PREFIX),
    acm: inFolder(acm, ACM_PREFIX),
    pins: inFolder(pins, PINS_PREFIX),
    reported: instanceIdsIn(reports ?? []),
    rejected: new Map(strays.map(({ name, error }) => [name, describeError(error).message])),
  };
}
