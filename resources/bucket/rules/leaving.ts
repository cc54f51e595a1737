/** A managed policy of a host group, and who has it attached. */
export interface AttachedPolicy {
  arn: string;
  roles: readonly string[];
  users: readonly string[];
  groups: readonly string[];
}

/** What has to be detached before the stack can be removed, as commands in one line; nothing where nothing is attached. */
export function toDetach(policies: readonly AttachedPolicy[]): string | undefined {
  const commands = policies.flatMap(({ arn, roles, users, groups }) => [
    ...roles.map((name) => `aws iam detach-role-policy --role-name ${name} --policy-arn ${arn}`),
    ...users.map((name) => `aws iam detach-user-policy --user-name ${name} --policy-arn ${arn}`),
    ...groups.map((name) => `aws iam detach-group-policy --group-name ${name} --policy-arn ${arn}`),
  ]);
  if (commands.length === 0) return undefined;
  return `the stack's policies for hosts are still attached, and IAM removes none that is; detach them first: ${commands.join('; ')}`;
}

export interface OtherStack {
  name: string;
  /** Whether it has the output of a main stack. */
  hasBucket: boolean;
}

/** The stacks of one region, or the name of the error with which CloudFormation did not list them. */
export type StacksOfRegion = readonly OtherStack[] | string;

export interface Left {
  bucket: string;
  stage: string;
  region: string;
  stacks: StacksOfRegion;
}

/** What is left once the stack is removed, a line each. */
export function leftBehind({ bucket, stage, region, stacks }: Left): string[] {
  return [
    'Left, and yours to keep or remove:',
    `  the bucket ${bucket} with certificates, keys, accounts and renewal files, and its policy`,
    '  what hosts installed, and go on serving until it expires; their tags perennial-group',
    '  certificates that were imported into ACM; CAA records that were added',
    ...(typeof stacks === 'string'
      ? [
          `  other stacks in ${region}, if any; they could not be listed (${stacks}), which takes cloudformation:DescribeStacks`,
        ]
      : stacks.flatMap((stack) => removalOf(stack, { bucket, region }))),
    '  stacks for hosts in other regions and accounts, if you deployed any: there,',
    `    ${removalOfHosts(stage, 'REGION', { bucket, region })}`,
    'To come back without a new order:',
    `  npx serverless deploy --stage ${stage} --param="bucket=${bucket}"`,
  ];
}

const HOSTS = 'perennial-hosts-';
const MAIN = 'perennial-';

/** How another stack of ours is removed; nothing where it is somebody else's. */
function removalOf({ name, hasBucket }: OtherStack, place: Pick<Left, 'bucket' | 'region'>): string[] {
  if (name.startsWith(HOSTS) && !hasBucket) {
    const remove = removalOfHosts(name.slice(HOSTS.length), place.region, place);
    return [`  the stack ${name} for hosts: ${remove}`];
  }
  if (!name.startsWith(MAIN) || !hasBucket) return [];
  const remove = `npx serverless remove --stage ${name.slice(MAIN.length)} --region ${place.region}`;
  return [`  the stack ${name}: ${remove}`];
}

const removalOfHosts = (stage: string, region: string, place: Pick<Left, 'bucket' | 'region'>) =>
  `npx serverless remove --config serverless.hosts.yml --stage ${stage} --region ${region} --param="bucket=${place.bucket}" --param="bucketRegion=${place.region}"`;
