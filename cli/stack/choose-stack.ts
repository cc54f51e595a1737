import { complaintAboutFormat } from '../../lib/foundation/bucket/rules/bucket-format.ts';
import { printable } from '../../lib/foundation/common/explain-issues.ts';
import project from '../../package.json' with { type: 'json' };
import { StackError } from './stack-error.ts';

/** A CloudFormation stack as its API tells it. */
export interface SeenStack {
  name: string;
  status: string;
  outputs: Readonly<Record<string, string>>;
}

export interface ChosenStack {
  name: string;
  stage: string;
  bucket: string;
}

const PREFIX = 'perennial-';
/** The states in which all that the stack has is there; ROLLBACK_COMPLETE is a first deploy that failed. */
const WHOLE = [
  'CREATE_COMPLETE',
  'UPDATE_COMPLETE',
  'UPDATE_COMPLETE_CLEANUP_IN_PROGRESS',
  'UPDATE_ROLLBACK_COMPLETE',
  'IMPORT_COMPLETE',
];

export const stackName = (stage: string) => `${PREFIX}${stage}`;

/** The stack of `stage`, or the only one there is; throws {@link StackError} in one line. */
export function chooseStack(
  seen: readonly SeenStack[],
  { stage, region }: { stage: string | undefined; region: string },
): ChosenStack {
  const ours = seen.filter(({ name }) =>
    stage === undefined ? name.startsWith(PREFIX) : name === stackName(stage),
  );
  const [stack, ...others] = ours;
  if (!stack) throw noStack(stage, region);
  if (others.length > 0) {
    const stages = ours.map(({ name }) => name.slice(PREFIX.length)).sort();
    throw new StackError('several-stacks', {
      seen: `there are ${ours.length} stacks in ${region}`,
      remedy: `say which with --stage ${stages.join(' or --stage ')}`,
    });
  }
  const bucket = bucketOf(stack);
  refuseNewer(stack);
  return { name: stack.name, stage: stack.name.slice(PREFIX.length), bucket };
}

/** A stack of a newer release may keep what this program would misread. */
function refuseNewer({ name, outputs: { Format: format = '1', Release: release = '' } }: SeenStack): void {
  const complaint = complaintAboutFormat(
    { format: Number(format), release },
    { where: `the stack ${name}`, own: project.version },
  );
  if (complaint) throw new StackError('newer-release', complaint);
}

function noStack(stage: string | undefined, region: string): StackError {
  const what = stage === undefined ? `${PREFIX}<stage>` : printable(stackName(stage));
  const deploy = `npx serverless deploy${stage === undefined ? '' : ` --stage ${printable(stage)}`}`;
  return new StackError('no-stack', {
    seen: `there is no stack ${what} in ${region}`,
    remedy: `say where it is with --region or AWS_REGION, and AWS_PROFILE, name another with --stage, or deploy it with "${deploy}"`,
  });
}

function bucketOf({ name, status, outputs }: SeenStack): string {
  const again = `"npx serverless deploy --stage ${name.slice(PREFIX.length)}"`;
  if (!WHOLE.includes(status)) {
    const remedy = status.endsWith('_IN_PROGRESS')
      ? 'wait until that has ended'
      : `see its events in CloudFormation, then run ${again}`;
    throw new StackError('half-deployed', { seen: `the stack ${name} is ${status}`, remedy });
  }
  if (outputs.Bucket === undefined)
    throw new StackError('half-deployed', {
      seen: `the stack ${name} has no output Bucket, so a deploy did not end`,
      remedy: `run ${again}`,
    });
  return outputs.Bucket;
}
