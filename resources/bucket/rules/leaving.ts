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

/** What is left once the stack is removed, a line each. */
export function leftBehind({ bucket, stage }: { bucket: string; stage: string }): string[] {
  return [
    'Left, and yours to keep or remove:',
    `  the bucket ${bucket} with certificates, keys, accounts and renewal files, and its policy`,
    '  what hosts installed, and go on serving until it expires; their tags perennial-group',
    '  certificates that were imported into ACM; CAA records that were added',
    'To come back without a new order:',
    `  npx serverless deploy --stage ${stage} --param="bucket=${bucket}"`,
  ];
}
