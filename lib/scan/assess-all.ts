import pMap from 'p-map';
import {
  PENDING_PREFIX,
  RENEWAL_PREFIX,
  REVOKED_PREFIX,
  renewalKey,
} from '../foundation/certificate/object-keys.ts';
import { once } from '../foundation/common/once.ts';
import { CLAIM_SECONDS } from '../issuance/renewal/rules/claim-record.ts';
import type { RenewalInfoClient } from './ask-renewal-info.ts';
import { assessCertificate, fileName } from './assess-certificate.ts';
import { findIssuer } from './assess-persist-records.ts';
import { assessWithoutFile } from './assess-without-file.ts';
import type { AssessDeps, Assessment } from './context.ts';
import { OrderLimits } from './order-limits.ts';
import type { Start } from './rules/trigger.ts';

/** As many reads at once as S3 and 256 MB of memory like. */
const READS_AT_ONCE = 32;

interface Pass {
  start: Start;
  renewalInfo: RenewalInfoClient | undefined;
  now: Date;
}

export const isOfAll = (start: Start) => 'names' in start && start.names === 'all';

/** Looks at the certificates that a start is about, each by itself; where it is about all, also at those without a file. */
export async function assessAll(deps: AssessDeps, { start, renewalInfo, now }: Pass): Promise<Assessment[]> {
  const zonesIn = once((role: string | undefined) => deps.zonesOf(role).list());
  const [files, leftOpen, revoked] = await Promise.all([
    filesFor(deps, start),
    leftOpenBy(deps),
    revokedIn(deps),
    zonesIn(undefined),
  ]);
  const looksClosely = start.start === 'plan' || start.start === 'weekly-sweep';
  const orderLimits = new OrderLimits(deps.store, { start, now });
  const issuerAt = once((ca: string) => findIssuer(deps, ca));
  const context = {
    start,
    looksClosely,
    zonesIn,
    orderLimits,
    leftOpen,
    revoked,
    renewalInfo,
    issuerAt,
    now,
  };
  const looks = await pMap(files, (file) => assessCertificate(deps, file, context), {
    concurrency: READS_AT_ONCE,
  });
  if (!isOfAll(start)) return looks;
  const named = new Set(files.map(fileName));
  const { defaultCa } = deps.stack;
  const without = { files: named, leftOpen, all: looksClosely, defaultCa, now };
  return [...looks, ...(await assessWithoutFile(deps.store, without))];
}

/** The renewal files to look at: those named, or all. */
async function filesFor({ store }: AssessDeps, start: Start): Promise<string[]> {
  if (start.start === 'file-changed') return start.keys;
  if (start.names !== 'all') return start.names.map(renewalKey);
  const listed = await store.list(RENEWAL_PREFIX);
  return listed.map(({ key }) => key);
}

/** Certificates with a claim that no worker can hold any more; what is in it is for `renew` alone to read. */
async function leftOpenBy({ store }: AssessDeps): Promise<ReadonlySet<string>> {
  const claims = await store.list(PENDING_PREFIX);
  const stale = claims.filter(({ ageMs }) => ageMs > CLAIM_SECONDS * 1000);
  return new Set(stale.map(({ key }) => key.slice(PENDING_PREFIX.length).replace(/\.json$/, '')));
}

async function revokedIn({ store }: AssessDeps): Promise<ReadonlySet<string>> {
  const records = await store.list(REVOKED_PREFIX);
  return new Set(records.map(({ key }) => key.slice(REVOKED_PREFIX.length).replace(/\.json$/, '')));
}
