/** The SDK's name of an error (`NoSuchKey`, `AccessDenied`), or its HTTP status when it has none. */
export function errorName(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const status = httpStatus(error);
  return error.name === 'UnknownError' || error.name === 'Error' ? String(status ?? error.name) : error.name;
}

export function httpStatus(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return undefined;
  const metadata = error.$metadata;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) return undefined;
  return typeof metadata.httpStatusCode === 'number' ? metadata.httpStatusCode : undefined;
}

export function isAccessDenied(error: unknown): boolean {
  const names = ['AccessDenied', 'AccessDeniedException', 'KMSAccessDeniedException', 'Forbidden'];
  return names.includes(errorName(error)) || httpStatus(error) === 403;
}

/** The SDK's name of an error and its message, for the end of our own. */
export function errorText(error: unknown): string {
  const name = errorName(error);
  const words = error instanceof Error ? error.message.replace(/\s+/g, ' ') : '';
  return words === '' || words === name || words === 'UnknownError' ? name : `${name} (${words})`;
}
