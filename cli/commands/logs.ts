import { setTimeout as sleep } from 'node:timers/promises';
import { renewalKey } from '../../lib/foundation/certificate/object-keys.ts';
import type { Answer, GlobalOptions } from '../answer.ts';
import { jsonText, printed } from '../answering.ts';
import { parseSince } from '../logs/parse-since.ts';
import { readLine, type SaidLine } from '../logs/read-line.ts';
import { type LogEvent, StackLogs } from '../logs/read-logs.ts';
import { untilInterrupted } from '../output/until-interrupted.ts';
import { findStack } from '../stack/find-stack.ts';
import { openBucket } from '../stack/open-bucket.ts';
import { requireCertificate } from '../stack/similar-name.ts';

export interface LogsOptions extends GlobalOptions {
  since: string;
  follow?: boolean;
}

/** What a function said of a certificate, and when. */
export interface Said extends SaidLine {
  at: string;
  function: string;
}

const LOOK_EVERY_MS = 2_000;
/** CloudWatch takes in a line some seconds after it was written, and may show a later one first. */
const LATE_MS = 30_000;

/** `perennial-tls logs`: what the functions said of one certificate. */
export async function logs(name: string, options: LogsOptions): Promise<Answer> {
  renewalKey(name);
  const from = parseSince(options.since, new Date());
  const stack = await findStack(options.stage);
  const source = new StackLogs(stack);
  try {
    const groups = await source.groups();
    const read = (since: Date) => source.since(groups, since, name);
    if (options.follow) return await follow(name, read, { from, json: options.json ?? false });
    const said = saidOf(name, await read(from));
    // Whose name stands in no line may never have had a certificate.
    if (said.length === 0) await requireCertificate(openBucket(stack), name);
    const last = `logs: ${said.length} line${said.length === 1 ? '' : 's'} since ${from.toISOString().slice(0, 16)}Z`;
    return {
      ok: true,
      json: { name, since: from.toISOString(), lines: said },
      text: [...said.map(lineOf), last].join('\n'),
    };
  } finally {
    source.close();
  }
}

/** Prints what is said as it comes, a line of JSON each for programs, until it is interrupted. */
async function follow(
  name: string,
  read: (since: Date) => Promise<LogEvent[]>,
  { from, json }: { from: Date; json: boolean },
): Promise<Answer> {
  let since = from;
  const seen = new Set<string>();
  await untilInterrupted(async (signal) => {
    for (;;) {
      const asked = Date.now();
      const events = (await read(since)).filter(({ id }) => !seen.has(id));
      for (const { id } of events) seen.add(id);
      for (const one of saidOf(name, events)) console.log(json ? jsonText(one, 0) : printed(lineOf(one)));
      since = new Date(Math.max(from.getTime(), asked - LATE_MS));
      await sleep(LOOK_EVERY_MS, undefined, { signal });
    }
  });
  return { ok: true, json: undefined, text: '' };
}

export function saidOf(name: string, events: readonly LogEvent[]): Said[] {
  return events.flatMap(({ at, function: by, line }) => {
    const said = readLine(line, name);
    return said ? { at: at.toISOString(), function: by, ...said } : [];
  });
}

const lineOf = ({ at, function: by, level, text }: Said) =>
  `${at.slice(0, 19)}Z ${by}${level === 'INFO' ? '' : ` ${level}`}: ${text}`;
