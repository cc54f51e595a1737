import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  CloudFormationClient,
  CreateChangeSetCommand,
  DeleteChangeSetCommand,
  DescribeChangeSetCommand,
  type DescribeChangeSetOutput,
  DescribeStackResourceCommand,
  GetTemplateCommand,
} from '@aws-sdk/client-cloudformation';
import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DeleteObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { explain } from '../stack/explain.ts';
import type { DeployedStack } from '../stack/find-stack.ts';
import { type Change, changeOf, isWithoutChanges } from './changes.ts';
import type { Packed } from './package-project.ts';
import { ProjectError } from './project-error.ts';
import { codeIn, functionsIn, type Template, withCodeAt } from './template.ts';
import { templateUrl } from './template-url.ts';

const LIMIT_MS = 120_000;
const BETWEEN_MS = 1_000;

interface Clients {
  stacks: CloudFormationClient;
  s3: S3Client;
  lambda: LambdaClient;
}

/** What CloudFormation would change of a stack for this package. The change set and its template are removed again. */
export async function readChanges(stack: DeployedStack, packed: Packed): Promise<Change[]> {
  const { region } = stack;
  const clients = {
    stacks: new CloudFormationClient({ region }),
    // Another endpoint than AWS's has no name for each bucket.
    s3: new S3Client({ region, forcePathStyle: process.env.AWS_ENDPOINT_URL !== undefined }),
    lambda: new LambdaClient({ region }),
  };
  try {
    const template = await keepSameCode(clients, stack, packed);
    return await compare(clients, stack, template);
  } catch (cause) {
    if (cause instanceof ProjectError) throw cause;
    const permission = 'what docs/start/deployer-policy.json has';
    throw explain(cause, { attempt: `ask what a deploy would change of ${stack.name}`, permission, region });
  } finally {
    for (const client of Object.values(clients)) client.destroy();
  }
}

/** Each deploy puts code where none was; of functions with the same code that is no change. */
async function keepSameCode(
  { stacks, lambda }: Clients,
  { name }: DeployedStack,
  packed: Packed,
): Promise<Template> {
  const { TemplateBody = '{}' } = await stacks.send(new GetTemplateCommand({ StackName: name }));
  const deployed: Template = { Resources: {}, ...JSON.parse(TemplateBody) };
  const places = new Map<string, unknown>();
  for (const { id, zip, functionName } of functionsIn(packed.template)) {
    const place = codeIn(deployed, id);
    if (place === undefined) continue;
    const { CodeSha256 } = await lambda.send(
      new GetFunctionConfigurationCommand({ FunctionName: functionName }),
    );
    const content = await readFile(join(packed.folder, zip));
    if (createHash('sha256').update(content).digest('base64') === CodeSha256) places.set(id, place);
  }
  return withCodeAt(packed.template, places);
}

async function compare(
  { stacks, s3 }: Clients,
  { name, stage, region }: DeployedStack,
  template: Template,
): Promise<Change[]> {
  const { StackResourceDetail } = await stacks.send(
    new DescribeStackResourceCommand({ StackName: name, LogicalResourceId: 'ServerlessDeploymentBucket' }),
  );
  const place = {
    Bucket: StackResourceDetail?.PhysicalResourceId ?? '',
    Key: `serverless/perennial/${stage}/changes/${Date.now()}.json`,
  };
  const set = { StackName: name, ChangeSetName: `perennial-changes-${Date.now()}` };
  // Over what a call takes itself.
  await s3.send(new PutObjectCommand({ ...place, Body: JSON.stringify(template) }));
  try {
    await stacks.send(
      new CreateChangeSetCommand({
        ...set,
        ChangeSetType: 'UPDATE',
        TemplateURL: templateUrl(region, place),
        Capabilities: ['CAPABILITY_IAM', 'CAPABILITY_NAMED_IAM'],
      }),
    );
    return await changesIn(stacks, set);
  } finally {
    await stacks.send(new DeleteChangeSetCommand(set)).catch(() => {});
    await s3.send(new DeleteObjectCommand(place)).catch(() => {});
  }
}

async function changesIn(
  stacks: CloudFormationClient,
  set: { StackName: string; ChangeSetName: string },
): Promise<Change[]> {
  const read = (NextToken?: string) =>
    stacks.send(new DescribeChangeSetCommand({ ...set, ...(NextToken && { NextToken }) }));
  const deadline = performance.now() + LIMIT_MS;
  let page: DescribeChangeSetOutput = await read();
  while (page.Status?.endsWith('_PENDING') || page.Status?.endsWith('_IN_PROGRESS')) {
    if (performance.now() > deadline) throw noChangeSet(`not within ${LIMIT_MS / 1000} s`);
    await sleep(BETWEEN_MS);
    page = await read();
  }
  if (page.Status === 'FAILED') {
    if (isWithoutChanges(page.StatusReason)) return [];
    throw noChangeSet(page.StatusReason ?? 'for no reason that it says');
  }
  const changes = [...(page.Changes ?? [])];
  while (page.NextToken) {
    page = await read(page.NextToken);
    changes.push(...(page.Changes ?? []));
  }
  return changes.flatMap(({ ResourceChange }) => ResourceChange ?? []).map(changeOf);
}

const noChangeSet = (why: string) =>
  new ProjectError('no-change-set', {
    seen: `CloudFormation made no change set: ${why}`,
    remedy: 'a deploy would fail so, too',
  });
