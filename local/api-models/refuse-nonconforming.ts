import type { Complaint } from './check-value.ts';

/** A principal sent what AWS would not take. */
export class NonconformingRequestError extends Error {
  override name = 'NonconformingRequestError';
}

const SHOWN = 10;

/** Throws NonconformingRequestError with the first of the complaints, each once. */
export function refuseNonconforming(complaints: readonly Complaint[]): void {
  const different = [...new Set(complaints)];
  if (different.length === 0) return;
  const more = different.length > SHOWN ? [`and ${different.length - SHOWN} more`] : [];
  throw new NonconformingRequestError(
    ["not as AWS's API model has it:", ...different.slice(0, SHOWN), ...more].join('\n'),
  );
}
