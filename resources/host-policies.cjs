const { readStatements } = require('./encryption.cjs');
const { idOf } = require('./group-ids.cjs');

// One managed policy a host group: what a host's role may read, and nothing of another group.
module.exports = async ({ resolveVariable }) => {
  const groups = JSON.parse(await resolveVariable('self:custom.params.hostGroups'));
  const stage = await resolveVariable('sls:stage');
  const readWithKey = readStatements(await resolveVariable('self:custom.params.kmsKeyArn'));
  const Resources = {};
  const Outputs = {};
  for (const group of Object.keys(groups)) {
    const id = `Hosts${idOf(group)}Policy`;
    Resources[id] = { Type: 'AWS::IAM::ManagedPolicy', Properties: policyOf(group, stage, readWithKey) };
    Outputs[id] = {
      Description: `Attach it to the role of the hosts tagged perennial-group=${group}`,
      Value: { Ref: id },
    };
  }
  return { Resources, Outputs };
};

function policyOf(group, stage, readWithKey) {
  return {
    Description: `Perennial ${stage}: hosts of group ${group} read their certificates`,
    PolicyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Action: 's3:GetObject',
          Resource: ['live', 'archive'].map((folder) => ({ 'Fn::Sub': `\${Bucket.Arn}/${folder}/*` })),
          Condition: { StringLike: { 's3:ExistingObjectTag/perennial-groups': `*:${group}:*` } },
        },
        // What it installs when it is new: names and hashes, nothing secret.
        {
          Effect: 'Allow',
          Action: 's3:GetObject',
          Resource: { 'Fn::Sub': `\${Bucket.Arn}/groups/${group}.json` },
        },
        ...readWithKey,
        // Nothing of the stack that is, or was, in Parameter Store, which AWS's own policies for hosts let them read. Who
        // may read a path may read all below it, so the paths above are denied as well.
        {
          Effect: 'Deny',
          Action: 'ssm:GetParameter*',
          Resource: ['', 'perennial', `perennial/${stage}`, `perennial/${stage}/*`].map((path) => ({
            'Fn::Sub': `arn:\${AWS::Partition}:ssm:*:\${AWS::AccountId}:parameter/${path}`,
          })),
        },
      ],
    },
  };
}
