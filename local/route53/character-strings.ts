/** Why a value is not a list of quoted strings, in Route 53's words. */
export type CharacterStringFault = 'InvalidCharacterString' | 'CharacterStringTooLong';

const MAX_BYTES = 255;

/**
 * The strings of a TXT value, `"one" "two"`, without quotes and with `\"`, `\\` and `\ooo` (octal) resolved;
 * or what is wrong with it.
 * https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/ResourceRecordTypes.html#TXTFormat
 */
export function parseCharacterStrings(value: string): Buffer[] | CharacterStringFault {
  if (!/^\s*"(?:[^"\\]|\\.)*"(?:\s+"(?:[^"\\]|\\.)*")*\s*$/s.test(value)) return 'InvalidCharacterString';
  const strings = [...value.matchAll(/"((?:[^"\\]|\\.)*)"/gs)].map(([, inner = '']) => resolveEscapes(inner));
  return strings.some((string) => string.length > MAX_BYTES) ? 'CharacterStringTooLong' : strings;
}

function resolveEscapes(inner: string): Buffer {
  const parts = inner.match(/\\[0-3][0-7]{2}|\\.|[^\\]/gs) ?? [];
  return Buffer.concat(
    parts.map((part) => {
      if (/^\\[0-3][0-7]{2}$/.test(part)) return Buffer.from([Number.parseInt(part.slice(1), 8)]);
      return Buffer.from(part.startsWith('\\') ? part.slice(1) : part);
    }),
  );
}
