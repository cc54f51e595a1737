import type { PlannedCertificate } from '../../lib/scan/rules/plan.ts';
import type { Answer } from '../answer.ts';
import { CommandError } from '../command-error.ts';
import { settledByPlan } from '../follow/settled-by-plan.ts';
import { confirm, isAsked } from './confirm.ts';
import { caaLines, dnsLines, setsAboveOthers } from './dns-lines.ts';

/** What a first issue, or a replacement, has to wait for. */
export function heldUpLines(planned: PlannedCertificate): string[] {
  const settled = settledByPlan(planned, undefined);
  const isHeldUp = settled?.outcome === 'waits' || settled?.outcome === 'revoked';
  return isHeldUp ? [`${planned.name}: ${settled.message}`] : [];
}

const UNASKED = 'scan could not be asked what will be written to the DNS';

/** What would come of it; nothing was written. */
export function previewed(
  name: string,
  {
    verb,
    planned,
    dns,
    file,
  }: { verb: 'add' | 'edit'; planned: PlannedCertificate | undefined; dns: string[]; file: object },
): Answer {
  const { outcome, message } = previewOf(verb, planned);
  const certificates = [{ name, outcome, message, hosts: [] }];
  const first = `${name}: ${outcome}${message === '' ? '' : ` (${message})`}`;
  const isRejected = outcome === 'rejected';
  return {
    ok: outcome === `would-${verb}`,
    json: { file, planned, certificates },
    text: [first, ...(isRejected || !planned ? [] : dns), `${verb}: nothing was written`].join('\n'),
  };
}

function previewOf(verb: 'add' | 'edit', planned: PlannedCertificate | undefined) {
  if (!planned) return { outcome: 'unknown', message: UNASKED };
  if (planned.action === 'reject') return { outcome: 'rejected', message: planned.message };
  const isRefused = (planned.caa?.refused ?? []).length > 0;
  return {
    outcome: isRefused ? 'would-fail' : `would-${verb}`,
    message: isRefused ? 'caa-forbids' : planned.reason,
  };
}

/**
 * Has a person agree, once, to CAA sets that shut other CAs out of names of others, or to not knowing of any; throws
 * {@link CommandError} otherwise.
 */
export async function requireConsent(
  planned: PlannedCertificate | undefined,
  { yes = false, json = false }: { yes?: boolean; json?: boolean },
): Promise<void> {
  const lines = toAgreeTo(planned);
  if (lines.length === 0 || yes) return;
  if (!json && isAsked()) {
    console.error(lines.join('\n'));
    if (await confirm('Write it?')) return;
  }
  throw new CommandError('not-confirmed', {
    seen: lines.map((line) => line.trim()).join(': '),
    remedy:
      'nothing was written; --yes agrees, and "caa" in a renewal file with "mode": "check" or "off" leaves CAA alone',
  });
}

export function toAgreeTo(planned: PlannedCertificate | undefined): string[] {
  if (!planned) return [`${UNASKED}, such as CAA that shuts other CAs out`];
  return caaLines({ caa: { edits: setsAboveOthers(planned), notPossible: [] } });
}

/** What is said of a file before it is written. */
export function beforehand(name: string, planned: PlannedCertificate | undefined): string[] {
  return planned ? [...dnsLines(planned), ...heldUpLines(planned)] : [`${name}: ${UNASKED}`];
}
