import type { S3Client } from '@aws-sdk/client-s3';
import * as z from 'zod/mini';

const Response = z.object({ headers: z.object({ date: z.string() }) });

/** The `Date` of S3's last answer: the one clock that all workers share. */
export function serverDates(s3: S3Client): { latest(): Date } {
  let latest: Date | undefined;
  s3.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const date = new Date(Response.safeParse(result.response).data?.headers.date ?? '');
      if (!Number.isNaN(date.getTime())) latest = date;
      return result;
    },
    { step: 'deserialize', name: 'serverDates', priority: 'low' },
  );
  return { latest: () => latest ?? new Date() };
}
