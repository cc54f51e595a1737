export interface JsonToken {
  text: string;
  at: number;
}

/** Strings, comments of three kinds, words and single characters. Only these four are white space (RFC 8259, 2). */
const TOKEN =
  /"(?:[^"\\\r\n]|\\[^\r\n])*"|\/\/[^\r\n]*|\/\*[\s\S]*?(?:\*\/|$)|#[^\r\n]*|[A-Za-z0-9_$+.-]+|[^ \t\r\n]/gu;

/** The tokens of a text that is JSON, or was meant to be. */
export function tokensOf(text: string): JsonToken[] {
  return [...text.matchAll(TOKEN)].map(({ 0: token, index }) => ({ text: token, at: index }));
}

/** `line 2, column 14`, whatever ends the lines. */
export function placeOf(text: string, at: number): string {
  const lines = text.slice(0, at).split(/\r\n|\r|\n/);
  return `line ${lines.length}, column ${(lines.at(-1) ?? '').length + 1}`;
}
