import { expect, it } from 'vitest';
import { planText } from '../../../cli/commands/plan.ts';
import type { PlannedCertificate } from '../../../lib/scan/rules/plan.ts';

const textOf = (standing: PlannedCertificate['standing']) => {
  const until = '2026-12-01T00:00:00.000Z';
  const planned = { name: 'shop', action: 'wait', reason: 'not-due', until } as const;
  return planText({
    start: 'plan',
    at: '2026-11-20T02:00:00.000Z',
    certificates: [{ ...planned, ...(standing && { standing }) }],
    batches: [],
    deployments: [],
    imports: [],
    probes: [],
    warnings: [],
  }).split('\n');
};
const record = { name: '_validation-persist.example.com', value: 'ca.test; accounturi=https://ca.test/1' };

it('prints the standing records of a certificate below the table: to be put there, or there', () => {
  const missing = { ...record, name: '_validation-persist.example.org', complaint: 'nothing stands there' };
  expect(textOf({ records: [record, missing] })).toEqual(
    expect.arrayContaining([
      'shop: _validation-persist.example.com lets our account issue',
      `shop: _validation-persist.example.org: nothing stands there; put this TXT there: "${record.value}"`,
    ]),
  );
});

it('prints why they are not known, and nothing of a certificate that is proved otherwise', () => {
  expect(textOf({ records: [], trouble: 'not known yet' })).toContain('shop: not known yet');
  expect(textOf(undefined).filter((line) => line.startsWith('shop'))).toEqual([]);
});
