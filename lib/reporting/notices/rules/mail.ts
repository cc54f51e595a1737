import { HOUR } from '../../../foundation/common/durations.ts';
import { inShort } from '../../../foundation/common/in-short.ts';
import { remedyOf } from '../../../foundation/reasons/reasons.ts';
import type { Trouble } from './trouble.ts';

/** SNS: ASCII, at most 100 characters, without line breaks; the text at most 256 KB. */
export interface Mail {
  subject: string;
  text: string;
}

export interface MailFacts {
  tell: readonly Trouble[];
  over: readonly Trouble[];
  stage: string;
  /** Below which docs/ is to be read. */
  docsUrl: string;
  /** The certificates that were issued, by name. */
  lives: ReadonlyMap<string, { notAfter: string }>;
  now: Date;
}

const MOST_TOLD = 50;
const MOST_NAMES = 10;
const LONGEST_SUBJECT = 100;

export function writeMail(facts: MailFacts): Mail {
  const { tell, over, stage } = facts;
  const shown = tell.slice(0, MOST_TOLD);
  const parts = [
    ...shown.map((trouble) => paragraph(trouble, facts)),
    ...(tell.length > shown.length
      ? [`… and ${tell.length - shown.length} more: npx perennial status --stage ${stage}`]
      : []),
    ...(over.length > 0 ? [`All clear:\n${over.slice(0, MOST_TOLD).map(overLine).join('\n')}`] : []),
    'The same is not told again within a day, and once when it is over.',
  ];
  return { subject: subjectOf(facts), text: `${parts.join('\n\n')}\n` };
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
  if (first && tell.length === 1) return subjectLine(`${begin} ${headline(first)}: ${first.reason}`);
  if (first) return subjectLine(`${begin} ${tell.length} troubles, first: ${headline(first)}`);
  if (past && over.length === 1) return subjectLine(`${begin} all clear: ${headline(past)}`);
  return subjectLine(`${begin} all clear: ${over.length} troubles are over`);
}

function headline({ kind, subject, hosts }: Trouble): string {
  switch (kind) {
    case 'renewal':
      return `${subject} is not renewed`;
    case 'overdue':
      return `${subject} is overdue`;
    case 'file':
      return `renewal/${subject}.json cannot be used`;
    case 'deployment':
      return hosts.length > 0
        ? `group ${subject}: ${hosts.length} ${hosts.length === 1 ? 'host does' : 'hosts do'} not install`
        : `group ${subject} does not install`;
    case 'import':
      return `${subject} is not imported`;
    case 'site':
      return `${subject} seen from outside`;
    case 'object':
      return `${subject} was set aside`;
  }
}

function paragraph(trouble: Trouble, { stage, docsUrl, lives, now }: MailFacts): string {
  const { reason, message, names, hosts } = trouble;
  const { words, anchor } = remedyOf(reason);
  const expiry = lives.get(trouble.subject)?.notAfter;
  const left = trouble.kind === 'renewal' || trouble.kind === 'overdue' ? timeLeft(expiry, now) : undefined;
  const lines: [string, string | undefined][] = [
    ['Time left', left],
    ['Certificates', some(names)],
    ['Hosts', some(hosts)],
    ['What failed', `${message} (${reason})`],
    ['What was tried', triedOf(trouble)],
    ['What to do', words],
    ['Command', commandFor(trouble, stage)],
    ['More', `${docsUrl}/${anchor}`],
  ];
  const told = lines.flatMap(([title, value]) =>
    value === undefined ? [] : [`  ${`${title}:`.padEnd(16)}${value}`],
  );
  return [headline(trouble), ...told].join('\n');
}

/** Of a deployment each host and certificate tells by itself, some twice; how many hosts there are says more. */
function triedOf({ kind, since, times, notBefore, hosts }: Trouble): string {
  const next = notBefore ? `; next not before ${minute(notBefore)}` : '';
  const tried = kind === 'deployment' ? hosts.length : times;
  const [one, many] =
    kind === 'deployment' ? ['on 1 host ', `on ${tried} hosts `] : ['1 time ', `${tried} times `];
  return `${tried === 0 ? '' : tried === 1 ? one : many}since ${minute(since)}${next}`;
}

function overLine(trouble: Trouble): string {
  return `  ${headline(trouble)}: over, since ${minute(trouble.since)} (${trouble.reason})`;
}

function timeLeft(notAfter: string | undefined, now: Date): string {
  if (notAfter === undefined) return 'none was issued yet';
  const hours = Math.floor((Date.parse(notAfter) - now.getTime()) / HOUR);
  if (hours < 0) return `EXPIRED on ${minute(notAfter)}`;
  const time = hours < 48 ? `${hours} hours` : `${Math.floor(hours / 24)} days`;
  return `${time}, until ${minute(notAfter)}`;
}

function commandFor({ kind, subject, names }: Trouble, stage: string): string {
  const at = `--stage ${stage}`;
  switch (kind) {
    case 'renewal':
      return `npx perennial doctor ${subject} ${at}; then npx perennial renew ${subject} ${at}`;
    case 'overdue':
    case 'file':
    case 'site':
      return `npx perennial doctor ${subject} ${at}`;
    case 'deployment':
      return `npx perennial doctor ${names.slice(0, MOST_NAMES).join(' ')} ${at}; then npx perennial deploy ${subject} ${at}`;
    case 'import':
    case 'object':
      return `npx perennial status ${at}`;
  }
}

function some(items: readonly string[]): string | undefined {
  return items.length === 0 ? undefined : inShort(items, MOST_NAMES);
}

const minute = (instant: string) => `${new Date(instant).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
