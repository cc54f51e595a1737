import type { Change } from './record-set.ts';

const MAX_ELEMENTS = 1000;
const MAX_CHARACTERS = 32_000;

/**
 * What of a change batch is over Route 53's limits. UPSERT counts twice, also for characters.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html#limits-api-requests-changeresourcerecordsets
 */
export function checkLimits(changes: Change[]): string[] {
  let elements = 0;
  let characters = 0;
  for (const { action, recordSet } of changes) {
    const times = action === 'UPSERT' ? 2 : 1;
    elements += times * recordSet.values.length;
    characters += times * recordSet.values.join('').length;
  }
  const errors: string[] = [];
  if (elements > MAX_ELEMENTS) errors.push(`Number of records limit of ${MAX_ELEMENTS} exceeded.`);
  if (characters > MAX_CHARACTERS) errors.push(`RDATA character limit of ${MAX_CHARACTERS} exceeded.`);
  return errors;
}
