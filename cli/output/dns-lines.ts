import { identifierOf } from '../../lib/foundation/certificate/domain-name.ts';
import type { CaaEdit } from '../../lib/issuance/caa/rules/caa-plan.ts';
import { missingRecord } from '../../lib/issuance/dns/rules/persist-records.ts';
import type { PersistPlan, PlannedCertificate } from '../../lib/scan/rules/plan.ts';

/** What of a certificate will be written to the DNS, or has to be written there by hand. */
export function dnsLines(planned: PlannedCertificate): string[] {
  return [...proofLines(planned), ...caaLines(planned)].map((line) => `${planned.name}: ${line}`);
}

function proofLines(planned: PlannedCertificate): string[] {
  if (planned.standing) return standingLines(planned.standing);
  if (planned.action !== 'renew') return [];
  const identifiers = [...new Set(planned.names.map(identifierOf))];
  return identifiers.map((name) => `TXT at _acme-challenge.${name} while it is proved, removed after it`);
}

/** The records to put into the DNS, or that there are none left to put. */
function standingLines({ trouble, records }: PersistPlan): string[] {
  if (trouble !== undefined) return [trouble];
  return records.map((record) => missingRecord(record) ?? `${record.name} lets our account issue`);
}

export function caaLines({ caa }: Pick<PlannedCertificate, 'caa'>): string[] {
  if (!caa) return [];
  return [
    ...caa.edits.flatMap(editLines),
    ...(caa.refused ?? []).map(
      ({ name, identity, remedy }) =>
        `CAA lets ${identity} not issue for ${name}, and is left as it is: ${remedy}`,
    ),
    ...caa.notPossible.map((name) => `no CAA of its own for ${name}: it is a CNAME`),
    ...(caa.hiding ?? []).map(
      ({ name, wildcard }) => `no CAA of its own for ${name}: it would hide ${wildcard}`,
    ),
  ];
}

function editLines({ at, add, remove, governs, isNew = false }: CaaEdit): string[] {
  const removed = remove.length > 0 ? `, instead of ${remove.join(', ')}` : '';
  if (!isNew)
    return [`CAA at ${at}: adds ${add.join(', ')}${removed} for ${governs.join(', ')}; shuts nobody out`];
  return [
    `CAA at ${at}, where there is none: ${add.join(', ')}`,
    `  it governs ${governs.join(', ')} and every other name below ${at} without a set of its own, and shuts out all other CAs there`,
  ];
}

/** New sets at the top of a hosted zone: they govern the names of others, too. */
export function setsAboveOthers({ caa, zones = [] }: PlannedCertificate): CaaEdit[] {
  return (caa?.edits ?? []).filter(({ at, isNew }) => isNew && zones.includes(at));
}
