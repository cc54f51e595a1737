import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  CloudFormationClient,
  CreateStackCommand,
  DescribeStackResourceCommand,
  UpdateStackCommand,
  waitUntilStackCreateComplete,
  waitUntilStackUpdateComplete,
} from '@aws-sdk/client-cloudformation';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';

const BUCKET = 'ServerlessDeploymentBucket';
const Capabilities = ['CAPABILITY_IAM' as const, 'CAPABILITY_NAMED_IAM' as const];
const LIMIT_S = 120;

/**
 * Creates a stack of what `serverless package` made, by the calls that `serverless deploy` makes for it: the bucket for the
 * code, the code, the template, the stack. Costs no start of serverless.
 */
export async function deployPackage(
  folder: string,
  { stackName, env }: { stackName: string; env: Record<string, string> },
): Promise<void> {
  const client = {
    endpoint: env.AWS_ENDPOINT_URL ?? '',
    region: env.AWS_REGION ?? 'us-east-1',
    credentials: {
      accessKeyId: env.AWS_ACCESS_KEY_ID ?? '',
      secretAccessKey: env.AWS_SECRET_ACCESS_KEY ?? '',
    },
  };
  const stacks = new CloudFormationClient(client);
  const objects = new S3Client({ ...client, forcePathStyle: true });
  const waiting = { client: stacks, maxWaitTime: LIMIT_S, minDelay: 1, maxDelay: 1 };
  const StackName = stackName;
  const read = (file: string) => readFile(join(folder, file));
  try {
    const TemplateBody = `${await read('cloudformation-template-create-stack.json')}`;
    await stacks.send(new CreateStackCommand({ StackName, TemplateBody, Capabilities }));
    await waitUntilStackCreateComplete(waiting, { StackName });
    const { StackResourceDetail } = await stacks.send(
      new DescribeStackResourceCommand({ StackName, LogicalResourceId: BUCKET }),
    );
    const Bucket = StackResourceDetail?.PhysicalResourceId ?? '';
    const template = 'cloudformation-template-update-stack.json';
    const { package: packed } = JSON.parse(`${await read('serverless-state.json')}`);
    const put = async (file: string) => {
      const Key = `${packed.artifactDirectoryName}/${basename(file)}`;
      await objects.send(new PutObjectCommand({ Bucket, Key, Body: await read(file) }));
      return Key;
    };
    const zips = (await readdir(folder)).filter((file) => file.endsWith('.zip'));
    const [templateKey] = await Promise.all([put(template), ...zips.map(put)]);
    const TemplateURL = `https://s3.amazonaws.com/${Bucket}/${templateKey}`;
    await stacks.send(new UpdateStackCommand({ StackName, TemplateURL, Capabilities }));
    await waitUntilStackUpdateComplete(waiting, { StackName });
  } finally {
    stacks.destroy();
    objects.destroy();
  }
}
