const { namesOf } = require('./record-names.cjs');

// The record names that have no room in the policy of the role itself: a managed policy for each further part, with the two
// statements of roles.yml.
module.exports = async (context) => {
  const [, ...further] = await namesOf(context);
  return {
    Resources: Object.fromEntries(
      further.map((names, index) => [`RenewRecords${index + 2}Policy`, policyOf(names)]),
    ),
  };
};

function policyOf({ caa, txt }) {
  const Statement = [
    ...(txt.length > 0 ? [statement('Proofs', 'TXT', txt)] : []),
    ...(caa.length > 0 ? [statement('Caa', 'CAA', caa)] : []),
  ];
  const PolicyDocument = { Version: '2012-10-17', Statement };
  return { Type: 'AWS::IAM::ManagedPolicy', Properties: { PolicyDocument, Roles: [{ Ref: 'RenewRole' }] } };
}

function statement(Sid, type, names) {
  const key = (name) => `route53:ChangeResourceRecordSets${name}`;
  return {
    Sid,
    Effect: 'Allow',
    Action: 'route53:ChangeResourceRecordSets',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: CloudFormation's own
    Resource: { 'Fn::Sub': 'arn:${AWS::Partition}:route53:::hostedzone/*' },
    Condition: {
      // ForAllValues is true of an absent key.
      Null: {
        [key('NormalizedRecordNames')]: 'false',
        [key('RecordTypes')]: 'false',
        [key('Actions')]: 'false',
      },
      'ForAllValues:StringEquals': { [key('RecordTypes')]: [type], [key('Actions')]: ['CREATE', 'DELETE'] },
      'ForAllValues:StringLike': { [key('NormalizedRecordNames')]: names },
    },
  };
}
