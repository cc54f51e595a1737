import pMap from 'p-map';
import type { Reads } from '../foundation/bucket/indexed-reads.ts';
import {
  type KeyName,
  nameIn,
  namesIn,
  PENDING_PREFIX,
  RENEWAL_PREFIX,
  REVOKED_PREFIX,
} from '../foundation/certificate/object-keys.ts';
import { once } from '../foundation/common/once.ts';
import { readLimits } from '../issuance/ca/read-limits.ts';
import { CLAIM_SECONDS } from '../issuance/renewal/rules/claim-record.ts';
import type { RenewalInfoClient } from './ask-renewal-info.ts';
import { assessCertificate } from './assess-certificate.ts';
import { findIssuer } from './assess-persist-records.ts';
import { assessWithoutFile } from './assess-without-file.ts';
import type { AssessDeps, Assessment } from './context.ts';
import type { Start } from './rules/trigger.ts';

/** As many reads at once as S3 and 256 MB of memory like. */
const READS_AT_ONCE = 32;

interface Pass {
  start: Start;
  renewalInfo: RenewalInfoClient | undefined;
  now: Date;
}

/** Looks at the certificates that a start is about, each by itself; where it is about all, also at those without a file. */
export async function assessAll(deps: AssessDeps, { start, renewalInfo, now }: Pass): Promise<Assessment[]> {
  const { store } = deps;
  const zonesIn = once((role: string | undefined) => deps.zonesOf(role).list());
  const [names, leftOpen, revoked] = await Promise.all([
    start.names === 'all' ? listNames(store) : start.names,
    leftOpenBy(store),
    store.list(REVOKED_PREFIX).then((records) => new Set(namesIn(records, REVOKED_PREFIX))),
    zonesIn(undefined),
  ]);
  const limitsAt = once((ca: string) => readLimits(store, ca));
  const issuerAt = once((ca: string) => findIssuer(deps, ca));
  const context = { start, zonesIn, limitsAt, leftOpen, revoked, renewalInfo, issuerAt, now };
  const looks = await pMap(names, (name) => assessCertificate(deps, name, context), {
    concurrency: READS_AT_ONCE,
  });
  if (start.names !== 'all') return looks;
  const files = new Set(names.map((found) => ('name' in found ? found.name : found.rejected)));
  const { defaultCa } = deps.stack;
  const without = { files, leftOpen, all: start.looksClosely, defaultCa, now };
  return [...looks, ...(await assessWithoutFile(store, without))];
}

async function listNames(store: Reads): Promise<KeyName[]> {
  return (await store.list(RENEWAL_PREFIX)).map(({ key }) => nameIn(key, RENEWAL_PREFIX));
}

/** Certificates with a claim that no worker can hold any more; what is in it is for `renew` alone to read. */
async function leftOpenBy(store: Reads): Promise<ReadonlySet<string>> {
  const claims = await store.list(PENDING_PREFIX);
  const stale = claims.filter(({ ageMs }) => ageMs > CLAIM_SECONDS * 1000);
  return new Set(namesIn(stale, PENDING_PREFIX));
}
