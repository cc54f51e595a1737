const { GetPolicyCommand, GetPolicyVersionCommand } = require('@aws-sdk/client-iam');
const { ListLayersCommand } = require('@aws-sdk/client-lambda');
const { refuse } = require('./refuse.cjs');
const { actionsOfRoles, deniedByBoundary } = require('./rules/boundary.ts');

const MOST_NAMED = 10;

/**
 * What only AWS can say, asked before anything is made: whether the region has the runtime, and whether the boundary lets the
 * roles do what they need. Who may not ask deploys all the same; CloudFormation then says it.
 */
module.exports = async ({ lambda, iam, warn }, { resources, boundary, runtime, architecture, region }) => {
  await hasRuntime({ lambda, warn }, { runtime, architecture, region });
  if (boundary) await lets({ iam, warn }, { boundary, actions: actionsOfRoles(resources) });
};

/** Lambda checks the name of a runtime wherever one is given, also where layers are listed. */
async function hasRuntime({ lambda, warn }, { runtime, architecture, region }) {
  try {
    await lambda.send(
      new ListLayersCommand({
        CompatibleRuntime: runtime,
        CompatibleArchitecture: architecture,
        MaxItems: 1,
      }),
    );
  } catch (error) {
    if (!/^(InvalidParameterValue|Validation)/.test(error.name))
      return warn(`could not ask whether ${region} has the runtime ${runtime}: ${error.message}`);
    refuse(
      `Lambda in ${region} does not have the runtime ${runtime} on ${architecture}; deploy to another region (${error.message})`,
    );
  }
}

async function lets({ iam, warn }, { boundary, actions }) {
  try {
    const document = await documentOf(iam, boundary);
    const denied = deniedByBoundary(document, actions);
    if (denied.length === 0) return;
    const named = denied.slice(0, MOST_NAMED).join(', ');
    const more = denied.length > MOST_NAMED ? ` and ${denied.length - MOST_NAMED} more` : '';
    refuse(
      `permissionsBoundary: ${boundary} does not let the stack's roles ${named}${more}; have it allow them`,
    );
  } catch (error) {
    if (/^NoSuchEntity/.test(error.name)) refuse(`permissionsBoundary: there is no policy ${boundary}`);
    if (!/Denied|Unauthorized/i.test(error.name)) throw error;
    warn(`could not read the permissions boundary ${boundary}: ${error.message}`);
  }
}

/** The policy's default version; IAM encodes it as in a URL. */
async function documentOf(iam, PolicyArn) {
  const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }));
  const VersionId = Policy.DefaultVersionId;
  const { PolicyVersion } = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId }));
  return JSON.parse(decodeURIComponent(PolicyVersion.Document));
}
