import { isAtOrBelow } from '../../foundation/certificate/domain-name.ts';
import { pendingKey } from '../../foundation/certificate/object-keys.ts';
import type { Stack } from '../../foundation/certificate/stack.ts';
import { inShort } from '../../foundation/common/in-short.ts';
import { applyEdits } from '../dns/apply-edits.ts';
import { recordKey } from '../dns/rules/record-edits.ts';
import { policyFinder } from '../dns/rules/record-names.ts';
import { ZoneError } from '../dns/zones.ts';
import type { Claim } from './claim.ts';
import type { RenewDeps } from './deps.ts';
import { refusedError } from './publish.ts';
import type { ClaimRecord } from './rules/claim-record.ts';
import { setAside } from './set-aside.ts';

type Recorded = ClaimRecord['records'][number];
/** Why values stay recorded, by their record. */
type Failures = Map<Recorded, unknown>;

const MOST_NAMED = 5;

/**
 * Removes exactly the TXT values that the claims recorded, whatever else is there now, and returns why some of a claim are
 * left. Each record ends by itself: removed, gone before or with its zone, or reported as out of reach.
 */
export async function cleanUp(deps: RenewDeps, claims: readonly Claim[]): Promise<Map<Claim, unknown>> {
  const failures: Failures = new Map();
  const left = claims.flatMap(({ recorded }) => recorded.records).filter(({ type }) => type === 'TXT');
  const policyOf = policyFinder(deps.stack);
  const batches = Map.groupBy(
    left.filter((record) => isInReach(record, deps.stack)),
    (record) => `${record.zoneRole ?? ''} ${record.zoneId} ${policyOf(record)}`,
  );
  await Promise.all([...batches.values()].map((records) => removeFrom(deps, records, failures)));
  await Promise.all(claims.map((claim) => giveUpOutOfReach(deps, claim, failures)));
  const whys = new Map<Claim, unknown>();
  for (const claim of claims)
    for (const record of claim.recorded.records)
      if (failures.has(record)) whys.set(claim, failures.get(record));
      else claim.forget(record);
  return whys;
}

/** Removes records of one zone. */
async function removeFrom(
  { zonesOf }: Pick<RenewDeps, 'zonesOf'>,
  records: readonly Recorded[],
  failures: Failures,
): Promise<void> {
  const fail = (failed: readonly Recorded[], error: unknown) => {
    for (const record of failed) failures.set(record, error);
  };
  const [{ zoneId, zoneRole } = { zoneId: '' }] = records;
  const removals = records.map(({ name, type, values, ttl }) => ({
    name,
    type,
    add: [],
    remove: values,
    ttl,
  }));
  try {
    const { refused } = await applyEdits(zonesOf(zoneRole), zoneId, removals);
    for (const refusal of refused) {
      const same = records.filter((record) => recordKey(record) === recordKey(refusal.edit));
      fail(same, refusedError('refuses to remove', refusal));
    }
  } catch (error) {
    const reason = error instanceof ZoneError ? error.reason : undefined;
    if (reason === 'zone-missing') return;
    if (reason !== 'zone-access-denied' || records.length === 1) return fail(records, error);
    // IAM judges a batch as a whole: the others of one that may not be changed are removed alone.
    for (const record of records) await removeFrom({ zonesOf }, [record], failures);
  }
}

/** Whether the settings let this stack write there, as IAM has it (lib/issuance/dns/rules/record-names.ts). */
function isInReach({ name, zoneRole }: Recorded, { domains, challengeTargets, zoneRoles }: Stack): boolean {
  if (zoneRole !== undefined && !zoneRoles.some((known) => known.name === zoneRole)) return false;
  const isProof = name.startsWith('_acme-challenge.') && domains.some((domain) => isAtOrBelow(name, domain));
  return isProof || challengeTargets.includes(name);
}

/** Nobody but a person can remove these; reported once, they are not recorded any more. */
async function giveUpOutOfReach(deps: RenewDeps, claim: Claim, failures: Failures): Promise<void> {
  const records = claim.recorded.records.filter(
    (record) => record.type === 'TXT' && !isInReach(record, deps.stack),
  );
  if (records.length === 0) return;
  const named = records.map(({ name, values, zoneId }) => `${name} TXT ${values.join(' ')} (${zoneId})`);
  const message = `this stack may not write any more where it left ${inShort(named, MOST_NAMED)}`;
  const body = `${JSON.stringify({ records }, null, 2)}\n`;
  try {
    await setAside(deps, { key: pendingKey(claim.name), body, reason: 'records-out-of-reach', message });
  } catch (error) {
    for (const record of records) failures.set(record, error);
  }
}
