import { LineageName } from '../../../foundation/certificate/lineage.ts';
import { commandOf } from '../../../foundation/common/command.ts';
import { HOUR } from '../../../foundation/common/durations.ts';
import { inShort } from '../../../foundation/common/in-short.ts';
import { minuteOf } from '../../../foundation/common/minute-of.ts';
import { oneLine } from '../../../foundation/common/one-line.ts';
import { hostsReason, remedyOf, remedyOnHost } from '../../../foundation/reasons/reasons.ts';
import type { Trouble } from './trouble.ts';

/** SNS: ASCII, less than 100 characters, without line breaks; the text at most 256 KB. */
export interface Mail {
  subject: string;
  text: string;
}

export interface MailFacts {
  tell: readonly Trouble[];
  over: readonly Trouble[];
  stage: string;
  /** The address of docs/. */
  docsUrl: string;
  /** The certificates that were issued, by name. */
  lives: ReadonlyMap<string, { notAfter: string }>;
  now: Date;
}

const MOST_SHOWN = 50;
const MOST_NAMES = 10;
const LONGEST_SUBJECT = 99;
const LONGEST = 2_000;

export function writeMail(facts: MailFacts): Mail {
  const { tell, over, stage } = facts;
  const shown = tell.slice(0, MOST_SHOWN);
  const parts = [
    ...shown.map((trouble) => paragraph(trouble, facts)),
    ...(tell.length > shown.length
      ? [`… and ${tell.length - shown.length} more: ${commandOf('status', stage)}`]
      : []),
    ...(over.length > 0 ? [allClear(over)] : []),
    "Commands are for the project's folder. The same is not told again within a day, and once when it is over.",
  ];
  return { subject: subjectOf(facts), text: `${parts.join('\n\n')}\n` };
}

/** Ends a mail with what wrote it. */
export function signMail({ subject, text }: Mail, release: string | undefined): Mail {
  return { subject, text: release === undefined ? text : `${text}\nPerennial ${release}\n` };
}

/** As SNS takes it. */
export function subjectLine(text: string): string {
  const ascii = text.replace(/[^\x20-\x7e]/g, '?');
  return ascii.length <= LONGEST_SUBJECT ? ascii : `${ascii.slice(0, LONGEST_SUBJECT - 3)}...`;
}

function subjectOf({ tell, over, stage }: MailFacts): string {
  const [first] = tell;
  const [past] = over;
  const begin = `[Perennial ${stage}]`;
  if (first && tell.length === 1)
    return subjectLine(
      `${begin} ${headline(first)}: ${first.kind === 'deployment' ? hostsReason(first.reason) : first.reason}`,
    );
  if (first) return subjectLine(`${begin} ${tell.length} troubles, first: ${headline(first)}`);
  if (past && over.length === 1) return subjectLine(`${begin} all clear: ${headline(past)}`);
  return subjectLine(`${begin} all clear: ${over.length} troubles are over`);
}

const HEADLINES: Record<Trouble['kind'], (trouble: Trouble) => string> = {
  renewal: ({ subject }) => `${subject} is not renewed`,
  overdue: ({ subject }) => `${subject} is overdue`,
  health: ({ subject, reason }) => {
    if (reason === 'revoked') return `URGENT: ${subject} is revoked`;
    return `${subject} ${reason === 'unreadable' ? 'cannot be judged' : 'is not served everywhere'}`;
  },
  file: ({ subject, reason }) =>
    reason === 'stray-object' ? `${subject} does not belong there` : `renewal/${subject}.json cannot be used`,
  deployment: ({ subject, hosts: { length } }) =>
    length > 0
      ? `group ${subject}: ${length} ${length === 1 ? 'host does' : 'hosts do'} not install`
      : `group ${subject} does not install`,
  import: ({ subject }) => `${subject} is not imported`,
  site: ({ subject }) => `${subject} seen from outside`,
  object: ({ subject }) => `${subject} was set aside`,
  pin: ({ subject }) => `${subject} is pinned to an older version`,
  'pin-end': ({ subject }) => `${subject} is not pinned any more`,
  window: ({ subject }) => `group ${subject} was sent certificates outside of its window`,
};

const headline = (trouble: Trouble) => oneLine(HEADLINES[trouble.kind](trouble), LONGEST);

function paragraph(trouble: Trouble, { stage, docsUrl, lives, now }: MailFacts): string {
  const { kind, subject, reason, message, names, hosts } = trouble;
  const { words, anchor } = kind === 'deployment' ? remedyOnHost(reason) : remedyOf(reason);
  const hasLife =
    ['renewal', 'overdue', 'health', 'file', 'pin', 'pin-end'].includes(kind) && reason !== 'stray-object';
  const lines: [title: string, value: string][] = [
    ['Time left', hasLife ? timeLeft(lives.get(subject)?.notAfter, now) : ''],
    ['Certificates', inShort(names, MOST_NAMES)],
    ['Hosts', inShort(hosts, MOST_NAMES)],
    ['What failed', `${message} (${kind === 'deployment' ? hostsReason(reason) : reason})`],
    ['What was tried', triedOf(trouble)],
    ['What to do', words],
    ['Command', COMMANDS[kind](trouble, stage)],
    ['More', `${docsUrl}/${anchor}`],
  ];
  const shown = lines
    .map(([title, value]) => [title, oneLine(value, LONGEST)] as const)
    .filter(([, value]) => value !== '');
  const written = shown.map(([title, value]) => `  ${`${title}:`.padEnd(16)}${value}`);
  return [headline(trouble), ...written].join('\n');
}

/** A deployment is reported once per host and certificate, so the number of hosts says more. */
function triedOf({ kind, since, times, notBefore, forced, hosts }: Trouble): string {
  const again = notBefore ? `; next not before ${minuteOf(notBefore)}` : '';
  const next = forced ? '; if nothing else makes it due, not again before you force it again' : again;
  const [on, count, unit] = kind === 'deployment' ? ['on ', hosts.length, 'host'] : ['', times, 'time'];
  const tried = count === 0 ? '' : `${on}${count} ${unit}${count === 1 ? '' : 's'} `;
  return `${tried}since ${minuteOf(since)}${next}`;
}

function overLine(trouble: Trouble): string {
  return `  ${headline(trouble)}: over, since ${minuteOf(trouble.since)} (${trouble.reason})`;
}

function allClear(over: readonly Trouble[]): string {
  const more = over.length > MOST_SHOWN ? `\n  … and ${over.length - MOST_SHOWN} more` : '';
  return `All clear:\n${over.slice(0, MOST_SHOWN).map(overLine).join('\n')}${more}`;
}

function timeLeft(notAfter: string | undefined, now: Date): string {
  if (notAfter === undefined) return 'none was issued yet';
  const hours = Math.floor((Date.parse(notAfter) - now.getTime()) / HOUR);
  if (hours < 0) return `EXPIRED on ${minuteOf(notAfter)}`;
  const time = hours < 48 ? `${hours} hours` : `${Math.floor(hours / 24)} days`;
  return `${time}, until ${minuteOf(notAfter)}`;
}

type Command = (trouble: Trouble, stage: string) => string;
const doctor: Command = ({ subject }, stage) => commandOf(`doctor ${subject}`, stage);
const status: Command = (_, stage) => commandOf('status', stage);

const COMMANDS: Record<Trouble['kind'], Command> = {
  renewal: (trouble, stage) =>
    `${doctor(trouble, stage)}; then ${commandOf(`renew ${trouble.subject}`, stage)}`,
  overdue: doctor,
  health: doctor,
  // What is not called like a certificate cannot be asked for.
  file: (trouble, stage) =>
    (LineageName.safeParse(trouble.subject).success ? doctor : status)(trouble, stage),
  site: doctor,
  deployment: ({ subject, names }, stage) =>
    `${commandOf(['doctor', ...names.slice(0, MOST_NAMES)].join(' '), stage)}; then ${commandOf(`deploy ${subject}`, stage)}`,
  import: status,
  object: status,
  window: status,
  pin: ({ subject }, stage) => commandOf(`restore ${subject} --release`, stage),
  'pin-end': ({ subject }, stage) => commandOf(`show ${subject}`, stage),
};
