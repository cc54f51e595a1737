import { commandOf } from '../../../foundation/common/command.ts';
import { oneLine } from '../../../foundation/common/one-line.ts';
import type { CheckSummary } from '../../../foundation/events/events.ts';
import { type Mail, subjectLine } from './mail.ts';

const MOST_NAMES = 20;

/** What the weekly sweep found, sent even when all is well: a missing mail shows that something is wrong. */
export function writeReport(checked: CheckSummary, { stage }: { stage: string }): Mail {
  const { at, certificates, soonest, failing, overdue, rejected, hostsBehind, unwell, warnings } = checked;
  const bad = unwell?.count ?? failing.count + overdue.count + rejected.count + hostsBehind.count;
  const files = rejected.items.map(({ name }) => name);
  const lines = [
    `Weekly sweep of ${at.slice(0, 16).replace('T', ' ')} UTC`,
    '',
    `  Certificates:         ${certificates}`,
    ...(unwell ? [`  Not well:             ${unwell.count}`] : []),
    `  Failing:              ${named(failing.count, failing.items)}`,
    `  Overdue:              ${named(overdue.count, overdue.items)}`,
    `  Files not usable:     ${named(rejected.count, files)}`,
    `  Hosts out of date:    ${named(hostsBehind.count, hostsBehind.groups)}`,
    ...warnings.map((warning) => `  Not looked at:        ${said(warning)}`),
    ...unwellLines(unwell),
    '',
    'Soonest to expire:',
    ...soonest.map(
      ({ name, lifeLeft, notAfter }) =>
        `  ${notAfter.slice(0, 10)}  ${String(Math.round(lifeLeft * 100)).padStart(4)} % of its life left  ${said(name)}`,
    ),
    '',
    `All of it, in the project's folder: ${commandOf('status', stage)}`,
  ];
  const unseen = checked.unseen || warnings.length > 0 ? 'not all was looked at' : 'all is well';
  const state = bad === 0 ? unseen : `${bad} to look at`;
  return {
    subject: subjectLine(`[Perennial ${stage}] weekly report: ${certificates} certificates, ${state}`),
    text: `${lines.join('\n')}\n`,
  };
}

const LONGEST = 1_000;
/** Names, warnings and troubles are others' words. */
const said = (text: string) => oneLine(text, LONGEST);

function named(count: number, items: readonly string[]): string {
  if (count === 0) return '0';
  const shown = said(items.slice(0, MOST_NAMES).join(', '));
  return `${count} (${shown}${items.length > MOST_NAMES || count > items.length ? ', …' : ''})`;
}

/** Each certificate that is not well, in the words of `perennial-tls status`. */
function unwellLines(
  { count, items }: NonNullable<CheckSummary['unwell']> = { count: 0, byHealth: {}, items: [] },
): string[] {
  if (count === 0) return [];
  const shown = items
    .slice(0, MOST_NAMES)
    .map(({ name, health, trouble }) => `  ${said(`${name} ${health}: ${trouble}`)}`);
  const more = count > shown.length ? [`  … and ${count - shown.length} more`] : [];
  return ['', 'Not well:', ...shown, ...more];
}
