import { describeError } from '../../foundation/common/describe-error.ts';
import { MINUTE } from '../../foundation/common/durations.ts';
import type { EventBus } from '../../foundation/events/events.ts';
import type { Reason } from '../../foundation/reasons/reasons.ts';
import type { CertificateManager, ImportableCertificate, Imported } from './certificate-manager.ts';
import { type RecordDeps, recordImports } from './record-import.ts';
import type { AcmImport } from './rules/decide-imports.ts';

export interface RegionDeps extends RecordDeps {
  events: EventBus;
  managerIn: (region: string) => CertificateManager;
}

/** For one region, or for the certificate as a whole. */
export interface ImportOutcome {
  name: string;
  region?: string;
  outcome: 'imported' | 'failed' | 'left' | 'kept';
  reason: Reason;
  arn?: string;
  message?: string;
}

interface Import extends Imported {
  region: string;
  version: string;
  /** What the region had when it was claimed. */
  before: AcmImport | undefined;
  read: () => Promise<ImportableCertificate>;
  /** the function's deadline */
  signal?: AbortSignal | undefined;
}

/** Longer than the function runs: the worker of a record that was left alone for so long is dead. */
const CLAIM_MS = 5 * MINUTE;

/**
 * Claims regions before an import: two first imports would be two certificates in ACM. All in one write, because a write makes
 * the claims that a dead worker left beside it look new.
 */
export async function claimRegions(
  deps: RecordDeps,
  { name, version, regions }: { name: string; version: string; regions: readonly string[] },
): Promise<Map<string, AcmImport | undefined>> {
  if (regions.length === 0) return new Map();
  const claimed = await recordImports(deps, { name, regions }, (before, idleMs) =>
    isTaken(before, { version, idleMs }) ? undefined : { ...before, outcome: 'importing' },
  );
  return new Map(claimed.map(({ region, before }) => [region, before]));
}

/**
 * Imports into a claimed region over the earlier ARN, so that its users get the new version. The event goes out before the
 * record: it may come twice, but is never lost. Where one of them fails, or the time is over, the claim stays, and the next
 * check imports and says it again.
 */
export async function importIntoRegion(
  deps: RegionDeps,
  { read, before, ...at }: Import,
): Promise<ImportOutcome> {
  const { name, region, version } = at;
  const entry = { name, regions: [region] };
  const placed = await read()
    .then((files) => place(deps.managerIn(region), files, { ...at, arn: before?.arn }))
    .catch((error) => ({ failure: describeError(error) }));
  if ('failure' in placed) {
    if (at.signal?.aborted) return { name, region, outcome: 'left', reason: 'out-of-time' };
    const { failure } = placed;
    await deps.events.publish([{ type: 'Certificate Import Failed', detail: { name, region, ...failure } }]);
    await recordImports(deps, entry, (claimed) => ({ ...claimed, outcome: 'failed', ...failure }));
    return { name, region, outcome: 'failed', ...failure };
  }
  const { arn, ...how } = placed;
  const { reason } = how;
  await deps.events.publish([
    { type: 'Certificate Imported', detail: { name, region, arn, version, reason } },
  ]);
  await recordImports(deps, entry, () => ({ arn, version, outcome: 'imported', ...how }));
  return { name, region, outcome: 'imported', arn, ...how };
}

function isTaken(
  before: AcmImport | undefined,
  { version, idleMs }: { version: string; idleMs: number },
): boolean {
  if (before?.outcome === 'importing') return idleMs < CLAIM_MS;
  return before?.outcome === 'imported' && before.version === version;
}

/** The record may be lost, and the certificate in ACM deleted by hand. */
async function place(
  manager: CertificateManager,
  certificate: ImportableCertificate,
  {
    name,
    names,
    region,
    arn,
    signal,
  }: Omit<Import, 'read' | 'before' | 'version'> & { arn: string | undefined },
): Promise<{ arn: string; reason: Reason; message?: string }> {
  if (arn && (await manager.replace(arn, certificate, signal))) return { arn, reason: 'renewed' };
  const found = await manager.find({ name, names }, signal);
  if (found && (await manager.replace(found, certificate, signal)))
    return { arn: found, reason: 'found-by-tags' };
  const made = await manager.create(name, certificate, signal);
  if (!arn) return { arn: made, reason: 'first-import' };
  const message = `${arn} is gone from ACM in ${region}; what used it needs ${made} now`;
  return { arn: made, reason: 'deleted-in-acm', message };
}
