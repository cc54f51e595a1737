import { oneLine } from '../../foundation/common/one-line.ts';
import { PerennialError } from '../../foundation/common/perennial-error.ts';
import type { Webhooks } from '../../reporting/chats/chats.ts';

export class ChatError extends PerennialError<'chat-refused'> {
  override readonly name = 'ChatError';
}

const LIMIT_MS = 10_000;
const LONGEST_ANSWER = 120;
const LONGEST_READ = 4_000;
const SHORTEST_SECRET = 6;

/** Incoming webhooks of chats. Of an address only the host is ever told: who knows the rest can post there. */
export const webhooks: Webhooks = {
  async post(url, payload) {
    const { host } = new URL(url);
    const refused = (what: string) => new ChatError('chat-refused', { seen: `${host} ${what}` });
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(payload),
      // An address elsewhere is not what was put.
      redirect: 'manual',
      signal: AbortSignal.timeout(LIMIT_MS),
    }).catch((error: Error) => {
      throw refused(`does not answer (${codeOf(error)})`);
    });
    if (answer.ok) return void (await answer.body?.cancel());
    const words = await beginningOf(answer).catch(() => '');
    const said = oneLine(withoutPath(words, url), LONGEST_ANSWER);
    throw refused(`answered ${answer.status}${said === '' ? '' : `: ${said}`}`);
  },
};

/** An answer may have no end. */
async function beginningOf({ body }: Response): Promise<string> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const bytes of body ?? []) {
    text += decoder.decode(bytes, { stream: true });
    if (text.length > LONGEST_READ) break;
  }
  return text.slice(0, LONGEST_READ);
}

/** Servers say which address or path they do not know. */
function withoutPath(text: string, url: string): string {
  const [, , ...parts] = url.split(/[/?&=#]+/);
  const secrets = parts.filter(({ length }) => length >= SHORTEST_SECRET);
  return secrets.sort((a, b) => b.length - a.length).reduce((left, part) => left.replaceAll(part, '…'), text);
}

/** fetch hides the reason, and its own message may hold the address. */
function codeOf(error: Error): string {
  const { code } = (error.cause ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : error.name;
}
