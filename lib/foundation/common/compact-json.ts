import { tokensOf } from './json-tokens.ts';

/**
 * Whether a text is its value as `JSON.stringify` writes it: then it has no white space and no repeated key. Most
 * objects in the index of the bucket are, and this check is much cheaper than reading their tokens.
 */
export function isCompact(text: string, value: unknown): boolean {
  return written(value) === text;
}

/** A JSON text without its white space, and otherwise as it is: keys that stand twice still do. Throws for what is not JSON. */
export function compactJson(text: string): string {
  const value: unknown = JSON.parse(text);
  // As our own code writes objects.
  if (`${written(value, 2)}\n` === text) return JSON.stringify(value);
  return tokensOf(text)
    .map((token) => token.text)
    .join('');
}

/** What is nested too deeply cannot be written, although it can be parsed. */
function written(value: unknown, indent = 0): string | undefined {
  try {
    return JSON.stringify(value, null, indent);
  } catch {
    return undefined;
  }
}
