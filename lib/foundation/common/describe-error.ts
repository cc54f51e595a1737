/** Any error as a reason for programs and a message for people, in one line. */
export function describeError(error: unknown): { reason: string; message: string } {
  const message = (error instanceof Error ? error.message : String(error))
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, 1000);
  const reason =
    error instanceof Error && 'reason' in error && typeof error.reason === 'string'
      ? error.reason
      : 'unexpected-error';
  return { reason, message };
}
