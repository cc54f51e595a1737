import { oneLineOf } from '../../foundation/common/describe-error.ts';
import { AcmeError, type CertificateAuthority } from '../ca/certificate-authority.ts';
import { isCaTrouble } from '../ca/rules/ca-trouble.ts';
import { stagingOf } from '../ca/rules/staging-directory.ts';
import { findCaa } from '../caa/find-caa.ts';
import { judgeCaa } from '../caa/rules/caa.ts';
import { isPersistent } from '../dns/rules/persist-record.ts';
import { seenInDns } from './await-propagation.ts';
import { finalize } from './finalize.ts';
import { generateKey } from './key-for.ts';
import { mergeRecords, txtEdit } from './order.ts';
import { type Checked, type Ordered, type RenewRun, runPhase } from './phases.ts';
import { prove } from './prove.ts';
import { cleanUp, leftRecords, publish } from './publish.ts';
import { wantsTrial } from './rules/wants-trial.ts';

/** A failure at the CA's staging: the CA itself was not asked, and counts nothing. */
export class TrialError extends Error {
  override readonly name = 'TrialError';
  readonly reason: string;

  constructor(error: unknown) {
    const { reason, message } = oneLineOf(error);
    super(`at the CA's staging: ${message}`, { cause: error });
    this.reason = reason;
  }
}

/**
 * Has certificates that failed again and again issued by the CA's staging first, and gives back those that the CA itself may
 * now be asked for. What staging issues is thrown away; a staging that is down, or that CAA forbids, is passed over.
 */
export async function tryAtStaging(run: RenewRun, checked: readonly Checked[]): Promise<Checked[]> {
  const directoryUrl = stagingOf(run.deps.ca, run.deps.stack);
  const wanting = checked.filter(
    // A standing record names our account at the CA itself.
    ({ state, wanted }) => wantsTrial(state) && !isPersistent(wanted),
  );
  if (directoryUrl === undefined || wanting.length === 0) return [...checked];
  const failures = new Map<string, unknown>();
  try {
    const authority = await run.deps.openAuthority(directoryUrl);
    const drop = ({ name }: { name: string }, error: unknown) => void failures.set(name, error);
    await issueInVain({ ...run, authority, drop }, wanting);
  } catch (error) {
    run.deps.warn(`the CA's staging is passed over: ${oneLineOf(error).message}`);
  }
  return runPhase(run, checked, async (renewal) => {
    const error = failures.get(renewal.name);
    if (error === undefined || isStagingDown(error)) return renewal;
    throw speaksOfCertificate(error) ? new TrialError(error) : error;
  });
}

async function issueInVain(trial: RenewRun, wanting: readonly Checked[]): Promise<void> {
  const allowed = await runPhase(trial, wanting, async (renewal) =>
    (await mayIssue(trial, renewal)) ? [renewal] : [],
  );
  const ordered = await runPhase(trial, allowed.flat(), (renewal) => orderInVain(trial, renewal));
  try {
    const seen = await seenInDns(trial, await publish(trial, ordered));
    const proved = await runPhase(trial, seen, (renewal) => prove(trial, renewal));
    await runPhase(trial, proved, (renewal) => finalize(trial, renewal));
  } finally {
    await cleanUp(trial.deps, ordered.flatMap(leftRecords));
  }
}

/** CAA that binds the CA to our account there binds its staging to the same, where our account is another. */
async function mayIssue(
  { authority, deps }: { authority: CertificateAuthority; deps: RenewRun['deps'] },
  { wanted }: Checked,
): Promise<boolean> {
  const issuer = await authority.caaIssuer();
  if (!issuer || wanted.caa.mode === 'off') return true;
  if (wanted.caa.mode === 'manage' && wanted.caa.restrict) return false;
  const found = await findCaa(deps.resolver, wanted.names);
  return found.every(({ name, set }) => judgeCaa(name, set, issuer).allowed);
}

/** An order with a key that is not kept; only what it leaves in the DNS is recorded. */
async function orderInVain({ authority }: RenewRun, renewal: Checked): Promise<Ordered> {
  const { names, profile, key: type } = renewal.wanted;
  const [order, key] = await Promise.all([authority.createOrder({ names, profile }), generateKey(type)]);
  const authorizations = await Promise.all(order.authorizations.map((url) => authority.authorization(url)));
  const open = authorizations.filter(({ status }) => status === 'pending');
  const edits = [...open.map((authorization) => txtEdit(renewal, authorization)), ...renewal.caaEdits];
  await renewal.lease.record({ records: mergeRecords(renewal, edits) });
  return { ...renewal, order, key, resumed: false, open, edits };
}

/** Staging's own limits and outages say nothing of the certificate. */
function isStagingDown(error: unknown): boolean {
  return error instanceof AcmeError && isCaTrouble({ reason: error.reason, retryAfterMs: 0 });
}

function speaksOfCertificate(error: unknown): boolean {
  return error instanceof Error && ['AcmeError', 'CertificateError'].includes(error.name);
}
