import type { InvocationResult } from '../lambda/invocation.ts';

/**
 * Which messages of a batch stay in the queue. A function error keeps all.
 * With ReportBatchItemFailures the answer names them; an answer that names none, or nothing at all, is a
 * full success, one that cannot be read or names a message that is not in the batch a full failure.
 * Source: AWS, "Handling errors for an SQS event source in Lambda", success and failure conditions.
 */
export function failedMessages(
  result: InvocationResult,
  messageIds: string[],
  reportsItemFailures: boolean,
): Set<string> {
  const all = new Set(messageIds);
  if (result.functionError) return all;
  if (!reportsItemFailures) return new Set();
  const answer = JSON.parse(result.payload) as { batchItemFailures?: unknown } | null;
  const failures = answer?.batchItemFailures ?? [];
  if (!Array.isArray(failures)) return all;
  const failed = new Set<string>();
  for (const { itemIdentifier } of failures as { itemIdentifier?: unknown }[]) {
    if (typeof itemIdentifier !== 'string' || !all.has(itemIdentifier)) return all;
    failed.add(itemIdentifier);
  }
  return failed;
}
