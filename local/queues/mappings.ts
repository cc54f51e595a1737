import {
  type FunctionConfiguration,
  type LambdaClient,
  paginateListEventSourceMappings,
  paginateListFunctions,
} from '@aws-sdk/client-lambda';

/** An enabled event source mapping from a queue to a function, or a function that looks into a queue by itself. */
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
  return [...mappings, ...(await readLookers(client))];
}

/**
 * Functions that look into a queue by a schedule, as their variables say. They are fed as by a mapping: at once, and not at the next
 * minute.
 */
async function readLookers(client: LambdaClient): Promise<QueueMapping[]> {
  const lookers: QueueMapping[] = [];
  for await (const page of paginateListFunctions({ client }, {}))
    for (const one of page.Functions ?? []) lookers.push(...lookerOf(one));
  return lookers;
}

function lookerOf({
  FunctionArn = '',
  FunctionName = '',
  Environment,
}: FunctionConfiguration): QueueMapping[] {
  const { QUEUE, TAKES } = Environment?.Variables ?? {};
  if (!QUEUE) return [];
  const [account, name] = QUEUE.split('/').slice(-2);
  const [, partition, , region] = FunctionArn.split(':');
  return [
    {
      id: FunctionName,
      queueArn: `arn:${partition}:sqs:${region}:${account}:${name}`,
      functionArn: FunctionArn,
      batchSize: Math.min(Number(TAKES ?? 1), MAX_BATCH_SIZE),
      maximumConcurrency: 2,
      reportsItemFailures: true,
    },
  ];
}
