// What the bucket refuses whatever else a principal's policies allow it: all but TLS, and secrets to all but the roles that
// need them. ReadOnlyAccess and its like may read every object that no bucket policy denies.

/** Who reads secrets: the account's keys, claims with the keys of orders, and what was set aside. */
const SECRETS = [
  { sid: 'Accounts', prefixes: ['accounts/'], roles: ['RenewRole', 'RevokeRole', 'AccountRole'] },
  { sid: 'ClaimsAndAside', prefixes: ['pending/', 'aside/'], roles: ['RenewRole'] },
];
/** The certificates' keys; denied once params.hostRoles says who serves them. */
const KEYS = ['live/*/privkey.pem', 'live/*/bundle.pem', 'archive/*/privkey.pem'];
const KEY_ROLES = ['RenewRole', 'AcmRole'];

/** The group of those that may read every certificate's key. */
const EVERY_GROUP = '*';

module.exports = async ({ resolveVariable }) => {
  const hostRoles = JSON.parse(await resolveVariable('self:custom.params.hostRoles'));
  const Statement = [onlyOverTls(), ...SECRETS.map(secret), ...keyStatements(hostRoles)];
  const PolicyDocument = { Version: '2012-10-17', Statement };
  const Properties = { Bucket: { Ref: 'Bucket' }, PolicyDocument };
  // It stays with the bucket: secrets in it are to be no easier to read once the stack is gone.
  const kept = { DeletionPolicy: 'RetainExceptOnCreate', UpdateReplacePolicy: 'Retain' };
  return { Resources: { BucketPolicy: { Type: 'AWS::S3::BucketPolicy', ...kept, Properties } } };
};

function onlyOverTls() {
  return {
    Sid: 'OnlyOverTls',
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:*',
    Resource: [{ 'Fn::GetAtt': ['Bucket', 'Arn'] }, objects('*')],
    Condition: { Bool: { 'aws:SecureTransport': 'false' } },
  };
}

function secret({ sid, prefixes, roles }) {
  const keys = prefixes.map((prefix) => `${prefix}*`);
  return denyReading(`${sid}OfTheStack`, keys, { ArnNotEquals: { 'aws:PrincipalArn': roles.map(arnOf) } });
}

function keyStatements(hostRoles) {
  const groupsOf = Object.groupBy(
    Object.entries(hostRoles).flatMap(([group, roles]) => roles.map((role) => ({ group, role }))),
    ({ role }) => role,
  );
  const readers = Object.keys(groupsOf).sort();
  if (readers.length === 0) return [];
  const others = { ArnNotEquals: { 'aws:PrincipalArn': [...KEY_ROLES.map(arnOf), ...readers] } };
  const limited = readers.filter((role) => groupsOf[role].every(({ group }) => group !== EVERY_GROUP));
  return [
    denyReading('KeysOfOthers', KEYS, others),
    // A host's role reads what is tagged with its groups, though other policies let it read more.
    ...limited.map((role, index) =>
      denyReading(`KeysOfOtherGroups${index + 1}`, KEYS, {
        ArnEquals: { 'aws:PrincipalArn': [role] },
        StringNotLike: {
          's3:ExistingObjectTag/perennial-groups': groupsOf[role].map(({ group }) => `*:${group}:*`).sort(),
        },
      }),
    ),
  ];
}

/** `s3:GetObject*` has old versions too, and what reads for a replication. */
function denyReading(Sid, keys, Condition) {
  return {
    Sid,
    Effect: 'Deny',
    Principal: '*',
    Action: 's3:GetObject*',
    Resource: keys.map(objects),
    Condition,
  };
}

const objects = (key) => ({ 'Fn::Sub': `\${Bucket.Arn}/${key}` });
const arnOf = (role) => ({ 'Fn::GetAtt': [role, 'Arn'] });
