import { describeError } from '../../../lib/foundation/common/describe-error.ts';
import type { World } from '../world/world.ts';
import type { Breaches } from './broken.ts';

const PEM = /PRIVATE KEY-----/;
/** Longer than a digest in hex. */
const BASE64 = /[A-Za-z0-9+/]{65,}/g;
/** Characters of a key's body, where it has nothing but what is private. */
const PIECE = 24;
const PIECE_AT = 0.3;

/** Invariant 6: no private key is in a mail, an event, a message of a queue, a command for hosts or a line of a log. */
export function checkSecrets({ world, breaches }: { world: World; breaches: Breaches }): void {
  const pieces = new Set<string>();
  const judge = (where: string, value: unknown) => {
    if (textsIn(value).some((text) => hasKey(text, pieces)))
      breaches.report('private-key-shown', `in ${where}`);
  };
  world.onKey.push((key) => {
    pieces.add(pieceOf(key.reveal()));
  });
  world.mails.onMail.push(({ subject, text }) => judge('a mail', [subject, text]));
  world.bus.onFact.push(({ type, detail }) => judge(type, detail));
  for (const { settings, onSent } of Object.values(world.queues))
    onSent.push((body) => judge(`a message of ${settings.name}`, body));
  world.fleet.onSend.push((request) => judge('a command', request));
  world.onLog.push((line) => judge('a log', line));
  world.lambda.onEnd.push((ending, { id }) => {
    if (ending.how === 'failed') judge(`the error of ${id}`, describeError(ending.error).message);
  });
}

/** All texts of a value, as it would be written as JSON. */
function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  if ('toJSON' in value && typeof value.toJSON === 'function') return textsIn(value.toJSON());
  return Object.values(value).flatMap(textsIn);
}

function hasKey(text: string, pieces: ReadonlySet<string>): boolean {
  if (PEM.test(text)) return true;
  if (text.length < PIECE) return false;
  return (text.replace(/\\n|\s/g, '').match(BASE64) ?? []).some((run) => {
    for (let at = 0; at + PIECE <= run.length; at += 1)
      if (pieces.has(run.slice(at, at + PIECE))) return true;
    return false;
  });
}

function pieceOf(pem: string): string {
  const body = pem.replace(/-----[^-]+-----|\s/g, '');
  const at = Math.floor(body.length * PIECE_AT);
  return body.slice(at, at + PIECE);
}
