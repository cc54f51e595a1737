// What the bucket refuses whatever else a principal's policies allow it: all but TLS, and secrets to all but the roles that
// need them. ReadOnlyAccess and its like may read every object that no bucket policy denies.

/** Who reads secrets: the account's keys, claims with the keys of orders, and what was set aside. */
const SECRETS = [
  { sid: 'Accounts', prefixes: ['accounts/'], roles: ['RenewRole', 'RevokeRole', 'AccountRole'] },
  // Who knows the address of a chat can post there.
  { sid: 'Chats', prefixes: ['chats/'], roles: ['ChatRole'] },
  { sid: 'ClaimsAndAside', prefixes: ['pending/', 'aside/'], roles: ['RenewRole'] },
];
/** The certificates' keys; denied once params.hostRoles says who serves them. */
const KEYS = ['live/*/privkey.pem', 'live/*/bundle.pem', 'archive/*/privkey.pem'];
const KEY_ROLES = ['RenewRole', 'AcmRole'];

/** The group of those that may read every certificate's key. */
const EVERY_GROUP = '*';

module.exports = async ({ resolveVariable }) => {
  const hostRoles = JSON.parse(await resolveVariable('self:custom.params.hostRoles'));
  const Statement = [
    onlyOverTls(),
    ...SECRETS.map(secret),
    ...keyStatements(hostRoles),
    ...otherAccounts(hostRoles),
  ];
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
  const tagsOf = (role) => groupsOf[role].map(({ group }) => `*:${group}:*`).sort();
  const limited = readers.filter((role) => groupsOf[role].every(({ group }) => group !== EVERY_GROUP));
  // Roles of the same groups share a statement, as S3 takes 20 KB in all.
  const alike = Object.values(Object.groupBy(limited, (role) => tagsOf(role).join()));
  return [
    denyReading('KeysOfOthers', KEYS, others),
    // A host's role reads what is tagged with its groups, though other policies let it read more.
    ...alike.map((roles, index) =>
      denyReading(`KeysOfOtherGroups${index + 1}`, KEYS, {
        ArnEquals: { 'aws:PrincipalArn': roles },
        StringNotLike: { 's3:ExistingObjectTag/perennial-groups': tagsOf(roles[0]) },
      }),
    ),
  ];
}

/**
 * Lets listed hosts of other accounts read what a group's managed policy lets those of this one. As principals their accounts are
 * named: S3 refuses a policy with a role that is not there, and a role that is made anew would be another. So it gives a role of this account nothing, which needs a policy of its own.
 */
function otherAccounts(hostRoles) {
  return Object.entries(hostRoles)
    .filter(([group, roles]) => group !== EVERY_GROUP && roles.length > 0)
    .flatMap(([group, roles], index) => {
      const accounts = [...new Set(roles.map((role) => role.split(':')[4]))];
      const reads = (Sid, keys, ofObject) => ({
        Sid: `${Sid}${index + 1}`,
        Effect: 'Allow',
        Principal: {
          AWS: accounts.map((account) => ({ 'Fn::Sub': `arn:\${AWS::Partition}:iam::${account}:root` })),
        },
        Action: 's3:GetObject',
        Resource: keys.map(objects),
        Condition: {
          ArnEquals: { 'aws:PrincipalArn': roles },
          ...ofObject,
        },
      });
      const tagged = { StringLike: { 's3:ExistingObjectTag/perennial-groups': `*:${group}:*` } };
      return [
        reads('CertificatesElsewhere', ['live/*', 'archive/*'], tagged),
        reads('ListElsewhere', [`groups/${group}.json`], {}),
      ];
    });
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
