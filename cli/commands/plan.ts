import { renewalKey } from '../../lib/foundation/certificate/object-keys.ts';
import { minuteOf } from '../../lib/foundation/common/minute-of.ts';
import type { Plan, PlannedCertificate } from '../../lib/scan/rules/plan.ts';
import type { Answer, GlobalOptions } from '../answer.ts';
import { dnsLines } from '../output/dns-lines.ts';
import { type Cell, tableOf } from '../output/table.ts';
import { findStack } from '../stack/find-stack.ts';
import { invoke } from '../stack/functions.ts';
import { openBucket } from '../stack/open-bucket.ts';
import { suggestionsFor } from '../stack/similar-name.ts';

const COLOURS = { renew: 'yellow', mend: 'yellow', wait: 'yellow', leave: 'yellow', reject: 'red' } as const;

/** `perennial-tls plan`: what a scan would do now; changes nothing. */
export async function plan(names: string[], { stage }: GlobalOptions): Promise<Answer> {
  for (const name of names) renewalKey(name);
  const stack = await findStack(stage);
  const made = await invoke<Plan>(stack, 'scan', { start: 'plan', ...(names.length > 0 && { names }) });
  const missing = made.certificates.filter(({ reason }) => reason === 'renewal-file-missing');
  const meant = await suggestionsFor(
    openBucket(stack),
    missing.map(({ name }) => name),
  );
  return {
    ok: made.certificates.every(({ action }) => action !== 'reject') && made.warnings.length === 0,
    json: { stack: stack.name, ...made },
    text: [planText(made), ...meant].join('\n'),
  };
}

export function planText(
  { certificates, deployments, waiting, warnings, left = 0 }: Plan,
  width?: number,
): string {
  const lines = [];
  if (certificates.length > 0)
    lines.push(
      tableOf(
        ['certificate', 'decision', 'reason', 'when', 'expires', 'why'],
        certificates.map(rowOf),
        width,
      ),
    );
  for (const planned of certificates) lines.push(...dnsLines(planned));
  for (const { group, names, reason, hosts } of deployments)
    lines.push(`deploy to group ${group} (${reason}, ${hosts.length} hosts): ${names.join(', ')}`);
  for (const { group, names, reason, hosts, until } of waiting)
    lines.push(
      `group ${group} waits until ${minuteOf(until)} (${reason}, ${hosts.length} hosts): ${names.join(', ')}`,
    );
  lines.push(...warnings.map((warning) => `warning: ${warning}`));
  if (left > 0) lines.push(`and ${left} certificates more than the answer has room for`);
  const count = (wanted: PlannedCertificate['action']) =>
    `${certificates.filter(({ action }) => action === wanted).length} ${wanted}`;
  lines.push(`plan: ${(['renew', 'mend', 'wait', 'leave', 'reject'] as const).map(count).join(', ')}`);
  return lines.join('\n');
}

function rowOf(certificate: PlannedCertificate): Cell[] {
  const { name, action, reason } = certificate;
  return [
    name,
    { text: action, colour: isAtRest(certificate) ? 'green' : COLOURS[action] },
    reason,
    certificate.action === 'wait'
      ? certificate.until.slice(0, 10)
      : certificate.action === 'reject'
        ? '–'
        : 'now',
    ('notAfter' in certificate && certificate.notAfter?.slice(0, 10)) || '–',
    whyOf(certificate),
  ];
}

/** Only what is not due is as it should be; other waits hold up what is due. */
const isAtRest = ({ action, reason, revoked }: PlannedCertificate) =>
  action === 'wait' && reason === 'not-due' && !revoked;

function whyOf(planned: PlannedCertificate): string {
  const revoked =
    planned.revoked && `version ${planned.revoked.version} is revoked (${planned.revoked.reason})`;
  const heldUp = planned.action === 'mend' && planned.heldUp && `its renewal (${planned.heldUp}) waits`;
  const pinned =
    planned.pinned && planned.reason !== 'pinned' && `version ${planned.pinned.version} is pinned`;
  const message = (planned.action === 'reject' || planned.action === 'wait') && planned.message;
  return [revoked, heldUp, pinned, message].filter(Boolean).join('; ');
}
