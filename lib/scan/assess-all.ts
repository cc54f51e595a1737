import pMap from 'p-map';
import { findStrays } from '../foundation/bucket/find-strays.ts';
import type { Reads } from '../foundation/bucket/object-store.ts';
import {
  namesIn,
  PENDING_PREFIX,
  PINS_PREFIX,
  RENEWAL_PREFIX,
  REVOKED_PREFIX,
  renewalFilesIn,
} from '../foundation/certificate/object-keys.ts';
import { describeError } from '../foundation/common/describe-error.ts';
import { once } from '../foundation/common/once.ts';
import { readLimits } from '../issuance/ca/read-limits.ts';
import { CLAIM_SECONDS } from '../issuance/renewal/rules/claim-record.ts';
import { assessCertificate } from './assess-certificate.ts';
import { findIssuer } from './assess-dns.ts';
import { assessWithoutFile } from './assess-without-file.ts';
import type { AssessContext, AssessDeps, Assessment } from './context.ts';
import { doubtedByHosts } from './doubted-by-hosts.ts';
import { ownZones } from './own-zones.ts';

/** As many reads at once as S3 and 256 MB of memory allow. */
const READS_AT_ONCE = 32;

interface Assessed {
  assessed: Assessment[];
  /** Whether stray objects could not be looked for. */
  areStraysUnseen: boolean;
}

/** Assesses each certificate that a start is about; if it is about all, also those without a file. */
export async function assessAll(
  given: AssessDeps,
  pass: Pick<AssessContext, 'start' | 'renewalInfo' | 'now'>,
  warn: (error: unknown) => void,
): Promise<Assessed> {
  const deps = { ...given, describeAccount: once(given.describeAccount) };
  const { store } = deps;
  const { start } = pass;
  const zonesIn = once((role: string | undefined) => deps.zonesOf(role).list());
  const isQuickCheck = start.names === 'all' && !start.looksClosely;
  const [names, claims, revoked, pinned, doubted] = await Promise.all([
    start.names === 'all' ? store.list(RENEWAL_PREFIX, { deep: true }).then(renewalFilesIn) : start.names,
    claimsIn(store),
    store.list(REVOKED_PREFIX).then((records) => new Set(namesIn(records, REVOKED_PREFIX))),
    store.list(PINS_PREFIX).then((pins) => new Set(namesIn(pins, PINS_PREFIX))),
    // Whoever needs the records says that they cannot be read.
    isQuickCheck ? doubtedByHosts(store, pass.now).catch(() => new Set<string>()) : new Set<string>(),
    zonesIn(undefined),
  ]);
  const limitsAt = once((ca: string) => readLimits(store, ca, pass.now));
  const issuerAt = once((ca: string) => findIssuer(deps, ca));
  const zonesAt = once((role: string | undefined) => ownZones({ ...deps, zonesIn }, role));
  const context = { ...pass, zonesIn, zonesAt, limitsAt, ...claims, revoked, pinned, doubted, issuerAt };
  const wanted = await pMap(names, (name) => assessCertificate(deps, name, context), {
    concurrency: READS_AT_ONCE,
  });
  if (start.names !== 'all') return { assessed: wanted, areStraysUnseen: false };
  const files = new Set(names.map((found) => ('name' in found ? found.name : found.rejected)));
  const found = await findStrays(store, { sweeps: start.looksClosely }).catch((error) => {
    // Hourly whoever needs what cannot be listed says so.
    if (start.looksClosely) warn(error);
    return undefined;
  });
  const strays = (found ?? []).map(({ name, error }): Assessment => {
    return { planned: { name, action: 'reject', ...describeError(error) } };
  });
  const assessed = [...wanted, ...(await assessWithoutFile(deps, files, context)), ...strays];
  return { assessed, areStraysUnseen: found === undefined };
}

/** Certificates with a claim, and with a stale one; only `renew` reads what is in it. */
async function claimsIn(store: Reads): Promise<Pick<AssessContext, 'claimed' | 'leftOpen'>> {
  const claims = await store.list(PENDING_PREFIX);
  const stale = claims.filter(({ ageMs }) => ageMs > CLAIM_SECONDS * 1000);
  const of = (found: typeof claims) => new Set(namesIn(found, PENDING_PREFIX));
  return { claimed: of(claims), leftOpen: of(stale) };
}
