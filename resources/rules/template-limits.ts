import { lengthOf, type Resources, type Template } from './resolved-length.ts';

/** A limit of AWS that the template goes beyond. */
interface Beyond {
  /** What is too large, as a person knows it. */
  what: string;
  size: number;
  limit: number;
  unit: string;
  remedy: string;
}

const FEWER_NAMES =
  'list fewer or shorter domains and challengeTargets; the domain above several says them all in one';
const FEWER_GROUPS = 'have fewer host groups, or shorter names for them';
const FEWER_ROLES = 'list fewer zoneRoles';
const SHORTER_STAGE = 'give the stage a shorter name';

/**
 * The limits of AWS that CloudFormation would meet in the midst of a deploy, worked out before anything is made. Names that
 * CloudFormation chooses and the region count as long as they may be. Sources: IAM, "IAM and AWS STS quotas"; Lambda, "Lambda
 * quotas"; Systems Manager endpoints and quotas; EventBridge quotas; S3, "Bucket policies"; CloudFormation quotas.
 */
export function beyondLimits(template: Template): Beyond[] {
  const { Resources, Outputs = {} } = template;
  const characters = (value: unknown) => lengthOf(Resources, value);
  const found: Beyond[] = [];
  const check = (what: string, size: number, [limit, unit, remedy]: [number, string, string]) => {
    if (size > limit) found.push({ what, size, limit, unit, remedy });
  };
  for (const [id, { Type, Properties = {} }] of Object.entries(Resources)) {
    switch (Type) {
      case 'AWS::IAM::Role': {
        const own = [...(Properties.Policies ?? []), ...beside(Resources, 'AWS::IAM::Policy', id)];
        const size = own.reduce((sum, { PolicyDocument }) => sum + characters(PolicyDocument), 0);
        const remedy =
          id === 'RenewRole'
            ? `${FEWER_ROLES}, or domains with shorter names`
            : id === 'DeployRole'
              ? FEWER_GROUPS
              : FEWER_ROLES;
        check(`the policies of ${id} itself`, size, [10_240, 'characters', remedy]);
        const managed = beside(Resources, 'AWS::IAM::ManagedPolicy', id).length;
        check(`the managed policies of ${id}`, managed, [10, 'policies', FEWER_NAMES]);
        break;
      }
      case 'AWS::IAM::ManagedPolicy':
        check(`the policy ${id}`, characters(Properties.PolicyDocument), [6_144, 'characters', FEWER_NAMES]);
        break;
      case 'AWS::S3::BucketPolicy':
        check(`the bucket's policy`, characters(Properties.PolicyDocument), [
          20_480,
          'characters',
          'list fewer hostRoles',
        ]);
        break;
      case 'AWS::Lambda::Function':
        check(`the environment of ${id}`, characters(Properties.Environment?.Variables ?? {}), [
          4_096,
          'bytes',
          'give shorter addresses in contact, directoryUrl and docsUrl',
        ]);
        check(`the name of ${id}`, characters(Properties.FunctionName ?? ''), [
          64,
          'characters',
          SHORTER_STAGE,
        ]);
        break;
      case 'AWS::Events::Rule':
        check(`the pattern of ${id}`, characters(Properties.EventPattern ?? ''), [
          2_048,
          'characters',
          SHORTER_STAGE,
        ]);
        check(`the name of ${id}`, characters(Properties.Name ?? ''), [64, 'characters', SHORTER_STAGE]);
        break;
      case 'AWS::CloudWatch::Alarm':
        check(`the description of ${id}`, characters(Properties.AlarmDescription ?? ''), [
          1_024,
          'characters',
          'give a shorter docsUrl',
        ]);
        break;
      case 'AWS::SSM::Association':
        check(`the name of ${id}`, characters(Properties.AssociationName ?? ''), [
          128,
          'characters',
          SHORTER_STAGE,
        ]);
        break;
      case 'AWS::SSM::Document':
        check(`the document ${id}`, characters(Properties.Content), [
          65_536,
          'bytes',
          'take out what you added to lib/delivery/deployment/host/install.sh',
        ]);
        break;
    }
  }
  for (const [id, { Value }] of Object.entries(Outputs))
    check(`the output ${id}`, characters(Value), [1_024, 'characters', FEWER_GROUPS]);
  check('the outputs of the stack', Object.keys(Outputs).length, [200, 'outputs', FEWER_GROUPS]);
  check('the resources of the stack', Object.keys(Resources).length, [500, 'resources', FEWER_GROUPS]);
  check('the template', JSON.stringify(template).length, [
    1_048_576,
    'bytes',
    `${FEWER_GROUPS}; ${FEWER_NAMES}`,
  ]);
  return found;
}

/** One line that says all of it. */
export function explainLimits(beyond: readonly Beyond[]): string {
  return beyond
    .map(
      ({ what, size, limit, unit, remedy }) => `${what}: ${size} ${unit}, and AWS takes ${limit}; ${remedy}`,
    )
    .join('. ');
}

/** The properties of resources of a type that name the role. */
function beside(resources: Resources, type: string, role: string): { PolicyDocument?: unknown }[] {
  return Object.values(resources)
    .filter(
      ({ Type, Properties }) =>
        Type === type && Properties?.Roles?.some((one: { Ref?: string }) => one.Ref === role),
    )
    .map(({ Properties }) => Properties ?? {});
}
