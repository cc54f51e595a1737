/** Any error as a reason for programs and a message for people, in one line. */
export function describeError(error: unknown): { reason: string; message: string } {
  const message = oneLine(error instanceof Error ? error.message : String(error), 1000);
  const reason =
    error instanceof Error && 'reason' in error && typeof error.reason === 'string'
      ? error.reason
      : 'unexpected-error';
  return { reason, message };
}

/** Somebody's words without line breaks and control characters, cut at a length. */
export function oneLine(text: string, most: number): string {
  return text
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, most);
}
