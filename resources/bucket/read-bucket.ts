import {
  type CloudFormationClient,
  paginateDescribeStacks,
  type Stack,
} from '@aws-sdk/client-cloudformation';
import {
  GetBucketEncryptionCommand,
  GetBucketPolicyCommand,
  GetBucketTaggingCommand,
  GetObjectCommand,
  HeadBucketCommand,
  ListObjectsV2Command,
  type S3Client,
} from '@aws-sdk/client-s3';
import { type Marker, readMarker } from '../../lib/foundation/bucket/rules/bucket-format.ts';
import { FORMAT_KEY } from '../../lib/foundation/certificate/object-keys.ts';
import { describe, hasResource, whoHas } from './read-stack.ts';
import type { BucketFacts, SeenBucket } from './rules/decide-bucket.ts';

export interface Clients {
  s3: S3Client;
  stacks: CloudFormationClient;
}

export interface Asked {
  wanted: string;
  kmsKeyArn: string;
  stackName: string;
  region: string;
  /** The release that is to be deployed. */
  release: string;
  /** The account of whoever deploys. */
  account: string;
}

const STACK_ID = 'aws:cloudformation:stack-id';
const LOGICAL_ID = 'aws:cloudformation:logical-id';
const outputOf = ({ Outputs = [] }: Stack, key: string) =>
  Outputs.find(({ OutputKey }) => OutputKey === key)?.OutputValue;
const bucketOf = (stack: Stack) => outputOf(stack, 'Bucket');

/** What is to be known of the bucket, and of the stacks of its region. Only reads. */
export async function readBucketFacts(clients: Clients, asked: Asked): Promise<BucketFacts> {
  const { wanted, kmsKeyArn, stackName: name, region, release } = asked;
  const { stacks, s3 } = clients;
  const own = await describe(stacks, name);
  const bucket = own && bucketOf(own);
  const has = (id: string) => hasResource(stacks, name, id);
  // Where nobody may look, or it is gone, CloudFormation says what there is to say.
  const kmsKey =
    wanted === '' && bucket !== undefined
      ? await keyOf(s3, { Bucket: bucket }).catch(() => undefined)
      : undefined;
  const seen = own && {
    ...(bucket !== undefined && { bucket }),
    ...(kmsKey !== undefined && { kmsKey }),
    ...markerOf(own),
    owns: { bucket: await has('Bucket'), policy: await has('BucketPolicy') },
  };
  const stack = { name, region, ...(seen && { seen }) };
  if (wanted === '') return { release, wanted, kmsKeyArn, stack, found: undefined, usedBy: [] };
  const usedBy: string[] = [];
  for await (const { Stacks = [] } of paginateDescribeStacks({ client: stacks }, {}))
    for (const one of Stacks)
      if (one.StackName !== undefined && one.StackName !== name && bucketOf(one) === wanted)
        usedBy.push(one.StackName);
  return { release, wanted, kmsKeyArn, stack, usedBy, found: await readBucket(clients, asked) };
}

async function readBucket(
  { s3, stacks }: Clients,
  { wanted: Bucket, account: ExpectedBucketOwner, region }: Asked,
): Promise<BucketFacts['found']> {
  const asked = { Bucket, ExpectedBucketOwner };
  try {
    const head = await s3.send(new HeadBucketCommand(asked));
    const found = head.BucketRegion ?? region;
    // Of one elsewhere nothing else is asked: that is enough to refuse it.
    if (found !== region) return { region: found, tops: [] };
    const list = await s3.send(new ListObjectsV2Command({ ...asked, Delimiter: '/' }));
    const tops = [
      ...(list.CommonPrefixes ?? []).map(({ Prefix = '' }) => Prefix),
      ...(list.Contents ?? []).map(({ Key = '' }) => Key),
    ];
    const policy = await s3.send(new GetBucketPolicyCommand(asked)).catch(orNone('NoSuchBucketPolicy'));
    const tagging = await s3.send(new GetBucketTaggingCommand(asked)).catch(orNone('NoSuchTagSet'));
    const tags = new Map(tagging?.TagSet?.map(({ Key, Value = '' }) => [Key, Value]));
    const kmsKey = await keyOf(s3, asked);
    const marker = await readMarkerIn(s3, asked);
    const madeBy = await whoHas(stacks, tags.get(STACK_ID), tags.get(LOGICAL_ID));
    return {
      region: found,
      tops,
      ...(policy?.Policy !== undefined && { statements: statementsIn(policy.Policy) }),
      ...(kmsKey !== undefined && { kmsKey }),
      ...(marker && { marker }),
      ...(madeBy !== undefined && { madeBy }),
    };
  } catch (error) {
    const { name = '', $metadata, $response } = error as FailedCall;
    if (name === 'NotFound' || name === 'NoSuchBucket') return 'missing';
    if (name === 'Forbidden' || name === 'AccessDenied' || $metadata?.httpStatusCode === 403)
      return 'forbidden';
    const elsewhere = $response?.headers?.['x-amz-bucket-region'];
    if (elsewhere !== undefined && elsewhere !== region)
      return { region: elsewhere, tops: [] } satisfies SeenBucket;
    throw error;
  }
}

/** Stacks of 0.1.0 have no such outputs. */
function markerOf(stack: Stack): { marker?: Marker } {
  const [format, release] = [outputOf(stack, 'Format'), outputOf(stack, 'Release')];
  return format === undefined || release === undefined ? {} : { marker: { format: Number(format), release } };
}

/** Where whoever deploys may not read it, the functions say it at their first run. */
async function readMarkerIn(
  s3: S3Client,
  asked: { Bucket: string; ExpectedBucketOwner?: string },
): Promise<Marker | undefined> {
  const read = s3.send(new GetObjectCommand({ ...asked, Key: FORMAT_KEY }));
  return readMarker(await read.then(({ Body }) => Body?.transformToString()).catch(() => undefined));
}

async function keyOf(
  s3: S3Client,
  asked: { Bucket: string; ExpectedBucketOwner?: string },
): Promise<string | undefined> {
  const { ServerSideEncryptionConfiguration } =
    (await s3
      .send(new GetBucketEncryptionCommand(asked))
      .catch(orNone('ServerSideEncryptionConfigurationNotFoundError'))) ?? {};
  const [rule] = ServerSideEncryptionConfiguration?.Rules ?? [];
  return rule?.ApplyServerSideEncryptionByDefault?.KMSMasterKeyID || undefined;
}

interface FailedCall {
  name?: string;
  $metadata?: { httpStatusCode?: number };
  $response?: { headers?: Record<string, string> };
}

const orNone = (name: string) => (error: unknown) => {
  if (error instanceof Error && error.name === name) return undefined;
  throw error;
};

function statementsIn(policy: string): string[] {
  const { Statement }: { Statement: { Sid?: string }[] | { Sid?: string } } = JSON.parse(policy);
  return [Statement].flat().map(({ Sid = 'a statement without a name' }) => Sid);
}
