import { type LambdaClient, paginateListEventSourceMappings } from '@aws-sdk/client-lambda';

/** An enabled event source mapping from a queue to a function. */
export interface QueueMapping {
  id: string;
  queueArn: string;
  functionArn: string;
  batchSize: number;
  maximumConcurrency: number;
  reportsItemFailures: boolean;
}

/** Lambda starts with five batches at once where nothing else is set. */
const DEFAULT_CONCURRENCY = 5;
/** Further messages would need a batching window, which is not imitated. */
const MAX_BATCH_SIZE = 10;

export async function readMappings(client: LambdaClient): Promise<QueueMapping[]> {
  const mappings: QueueMapping[] = [];
  for await (const page of paginateListEventSourceMappings({ client }, {})) {
    for (const mapping of page.EventSourceMappings ?? []) {
      if (mapping.State !== 'Enabled' || !mapping.EventSourceArn?.includes(':sqs:')) continue;
      mappings.push({
        id: mapping.UUID ?? '',
        queueArn: mapping.EventSourceArn,
        functionArn: mapping.FunctionArn ?? '',
        batchSize: Math.min(Number(mapping.BatchSize ?? MAX_BATCH_SIZE), MAX_BATCH_SIZE),
        maximumConcurrency: Number(mapping.ScalingConfig?.MaximumConcurrency ?? DEFAULT_CONCURRENCY),
        reportsItemFailures: mapping.FunctionResponseTypes?.includes('ReportBatchItemFailures') ?? false,
      });
    }
  }
  return mappings;
}
