import { printable } from './explain-issues.ts';
import { type JsonToken, placeOf, tokensOf } from './json-tokens.ts';
import type { Complaint } from './perennial-error.ts';

/** Why a text cannot be read at all: not in UTF-8, or with a character that no text holds. */
export function complaintAboutEncoding(text: string): Complaint | undefined {
  // UTF-16 read as UTF-8: its byte order mark is no UTF-8, and every other byte of plain ASCII is zero.
  if (/^\ufffd\ufffd|^.?\0[^\0]\0/su.test(text))
    return { seen: 'is UTF-16, not UTF-8', remedy: 'save the file as UTF-8 and upload it again' };
  const at = text.indexOf('\0');
  if (at >= 0)
    return {
      seen: `holds a NUL character at ${placeOf(text, at)}`,
      remedy: 'take it out and upload it again',
    };
  const broken = text.indexOf('\ufffd');
  if (broken >= 0)
    return {
      seen: `is not UTF-8 at ${placeOf(text, broken)}`,
      remedy: 'save the file as UTF-8 and upload it again',
    };
  return undefined;
}

/** What a person most likely did where `JSON.parse` fails; `undefined` for what its own words say as well. */
export function explainSyntax(text: string): Complaint | undefined {
  const tokens = tokensOf(text);
  if (tokens.length === 0) return { seen: 'is not JSON: the file is empty', remedy: 'upload it again' };
  for (const [index, token] of tokens.entries()) {
    const complaint = complaintAboutToken(token, tokens[index + 1]);
    if (!complaint) continue;
    const { seen, remedy } = complaint;
    const where = placeOf(text, token.at);
    return { seen: `is not JSON: ${seen} at ${where}`, remedy: `${remedy} and upload the file again` };
  }
  return undefined;
}

const WORD = /^(true|false|null|-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?)$/;

function complaintAboutToken({ text }: JsonToken, next: JsonToken | undefined): Complaint | undefined {
  if (/^(\/\/|\/\*|#)/.test(text)) return { seen: 'it has a comment', remedy: 'JSON has none: take it out' };
  if (text === ',' && (next?.text === '}' || next?.text === ']'))
    return { seen: `it has a comma before "${next.text}"`, remedy: 'take it out' };
  if (text === ',' && next?.text === ',') return { seen: 'it has two commas', remedy: 'take one out' };
  if (text === "'") return { seen: 'it has a single quote', remedy: 'write texts in double quotes' };
  if (text === '"') return { seen: 'it has a text that does not end on its line', remedy: 'add the quote' };
  if (/^[A-Za-z0-9_$+.-]/.test(text) && !WORD.test(text))
    return {
      seen: `it has "${printable(text)}", which is no number and stands without quotes`,
      remedy: 'write texts in double quotes',
    };
  if (/^[^\x20-\x7e]/.test(text)) {
    const code = (text.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
    return {
      seen: `it has the character U+${code} outside of a text`,
      remedy: 'write plain quotes and spaces',
    };
  }
  return undefined;
}

interface Level {
  /** The keys of an object so far; `undefined` for a list. */
  keys: Set<string> | undefined;
  /** The key or the index of the value that is being read. */
  part: string | number;
}

/** The first key that an object of a JSON text has twice, with its path: of two `JSON.parse` takes the last in silence. */
export function findRepeatedKey(text: string): Complaint | undefined {
  const levels: Level[] = [];
  const tokens = tokensOf(text);
  for (const [index, token] of tokens.entries()) {
    const level = levels.at(-1);
    if (token.text === '{') levels.push({ keys: new Set(), part: '' });
    else if (token.text === '[') levels.push({ keys: undefined, part: 0 });
    else if (token.text === '}' || token.text === ']') levels.pop();
    else if (token.text === ',' && typeof level?.part === 'number') level.part += 1;
    else if (level?.keys && tokens[index + 1]?.text === ':') {
      const key: string = JSON.parse(token.text);
      if (level.keys.has(key)) {
        const where = pathOf(levels.slice(0, -1));
        const seen = `${where}has "${printable(key)}" twice, again at ${placeOf(text, token.at)}`;
        return { seen, remedy: 'leave one of them and upload the file again' };
      }
      level.keys.add(key);
      level.part = key;
    }
  }
  return undefined;
}

function pathOf(levels: readonly Level[]): string {
  const parts = levels.map(({ part }, index) =>
    typeof part === 'number' ? `[${part}]` : `${index > 0 ? '.' : ''}${printable(part)}`,
  );
  return parts.length === 0 ? '' : `${parts.join('')}: `;
}
