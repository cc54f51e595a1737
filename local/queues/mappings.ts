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
  /** Whether the function takes messages by itself, once it is told to look. */
  looks: boolean;
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
        looks: false,
      });
    }
  }
  return [...mappings, ...(await readLookers(client))];
}

/** Functions that a schedule has look into a queue, which one of their variables names. */
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
  const queue = Environment?.Variables?.QUEUE;
  if (!queue) return [];
  const [account, name] = queue.split('/').slice(-2);
  const [, partition, , region] = FunctionArn.split(':');
  const queueArn = `arn:${partition}:sqs:${region}:${account}:${name}`;
  const taken = { batchSize: MAX_BATCH_SIZE, maximumConcurrency: 1, reportsItemFailures: false };
  return [{ id: FunctionName, queueArn, functionArn: FunctionArn, ...taken, looks: true }];
}
