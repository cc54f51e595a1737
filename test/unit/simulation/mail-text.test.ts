import { expect, it } from 'vitest';
import { REASONS } from '../../../lib/foundation/reasons/reasons.ts';
import { writeMail } from '../../../lib/reporting/notices/rules/mail.ts';
import { keyOf, Trouble } from '../../../lib/reporting/notices/rules/trouble.ts';
import { allClear, headlinesIn } from '../../simulation/checks/mail-text.ts';

const AT = '2026-11-20T00:00:00Z';
const HOSTS = [[], ['i-1'], ['i-1', 'i-2']];
const reasons = Object.keys(REASONS).map((reason) => reason.replace('…', 'x'));
const subjectOf = (kind: Trouble['kind']) =>
  ({ import: 'cert1 in us-east-1', object: 'pending/Read Me.json', file: 'Read Me' })[kind as string] ??
  'cert1';

it.each(Trouble.shape.kind.options)('reads every headline of a mail about %s', (kind) => {
  for (const reason of reasons)
    for (const hosts of HOSTS) {
      const told = { since: AT, at: AT, times: 1, names: ['cert1'], hosts, told: {} };
      const trouble: Trouble = { kind, subject: subjectOf(kind), reason, message: 'it is so (now)', ...told };
      const facts = { stage: 'test', docsUrl: 'https://docs.test', lives: new Map(), now: new Date(AT) };
      const key = keyOf(trouble);
      const mail = writeMail({ tell: [trouble], over: [], ...facts });
      expect(headlinesIn(mail.text).map((one) => [one.key, one.reason])).toEqual([[key, reason]]);
      expect(allClear(mail.text)).toEqual([]);
      const over = writeMail({ tell: [], over: [trouble], ...facts });
      expect([headlinesIn(over.text), allClear(over.text)]).toEqual([[], [key]]);
    }
});
