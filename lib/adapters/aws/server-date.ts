import type { S3Client } from '@aws-sdk/client-s3';

/** The `Date` that S3's last answer bore: the one clock that all workers share. */
export function serverDates(s3: S3Client): { latest(): Date } {
  let latest = new Date(Number.NaN);
  s3.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const date = dateHeader(result.response);
      if (date) latest = date;
      return result;
    },
    { step: 'deserialize', name: 'serverDates', priority: 'low' },
  );
  return { latest: () => (Number.isNaN(latest.getTime()) ? new Date() : latest) };
}

function dateHeader(response: unknown): Date | undefined {
  if (typeof response !== 'object' || response === null || !('headers' in response)) return undefined;
  const { headers } = response;
  if (typeof headers !== 'object' || headers === null || !('date' in headers)) return undefined;
  const date = new Date(String(headers.date));
  return Number.isNaN(date.getTime()) ? undefined : date;
}
