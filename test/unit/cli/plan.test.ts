import { stripVTControlCharacters } from 'node:util';
import { expect, it } from 'vitest';
import { planText } from '../../../cli/commands/plan.ts';
import type { PlannedCertificate } from '../../../lib/scan/rules/plan.ts';

const UNTIL = '2026-12-01T00:00:00.000Z';
const PLAN = {
  start: 'plan',
  at: '2026-11-20T02:00:00.000Z',
  certificates: [],
  batches: [],
  deployments: [],
  waiting: [],
  imports: [],
  probes: [],
  warnings: [],
};

const textOf = (standing: PlannedCertificate['standing']) => {
  const planned = { name: 'shop', action: 'wait', reason: 'not-due', until: UNTIL } as const;
  return planText({ ...PLAN, certificates: [{ ...planned, ...(standing && { standing }) }] }).split('\n');
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

it.each<[string, PlannedCertificate, RegExp, RegExp]>([
  ['what is not due', { name: 'a', action: 'wait', reason: 'not-due', until: UNTIL }, /32mwait/, /│ +│$/],
  [
    'what a limit holds up',
    { name: 'a', action: 'wait', reason: 'ca-limited', until: UNTIL, message: 'the CA takes no order' },
    /33mwait/,
    /│ the CA takes no order +│$/,
  ],
  [
    'a repair beside a renewal that waits',
    { name: 'a', action: 'mend', reason: 'hosts-changed', heldUp: 'expires-soon' },
    /33mmend/,
    /│ its renewal \(expires-soon\) waits +│$/,
  ],
  [
    'what is revoked for good',
    {
      name: 'a',
      action: 'wait',
      reason: 'not-due',
      until: UNTIL,
      revoked: { version: 'v1', reason: 'cessationOfOperation' },
    },
    /33mwait/,
    /│ version v1 is revoked \(cessationOfOperation\) +│$/,
  ],
])('says why, in yellow unless it is as it should be: %s', (_, planned, colour, why) => {
  const before = process.env.FORCE_COLOR;
  process.env.FORCE_COLOR = '1';
  const text = planText({ ...PLAN, certificates: [planned] }, 160);
  if (before === undefined) delete process.env.FORCE_COLOR;
  else process.env.FORCE_COLOR = before;
  const row = text.split('\n').find((line) => line.includes(planned.reason)) ?? '';
  expect(row).toMatch(colour);
  expect(stripVTControlCharacters(row)).toMatch(why);
});

it('says what waits for a window, and until when', () => {
  const one = { group: 'web', names: ['a', 'b'], hosts: ['i-1'], reason: 'frozen' as const, until: UNTIL };
  expect(planText({ ...PLAN, waiting: [one] }).split('\n')).toContain(
    'group web waits until 2026-12-01 00:00 UTC (frozen, 1 hosts): a, b',
  );
});

it('says how many certificates the answer has no room for', () => {
  expect(planText({ ...PLAN, left: 7 }).split('\n')).toContain(
    'and 7 certificates more than the answer has room for',
  );
  expect(planText(PLAN)).not.toContain('room');
});
