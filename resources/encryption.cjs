// The bucket's encryption: S3's own keys, or the KMS key of params.kmsKeyArn, which functions and hosts then have to use.
const READ = ['kms:Decrypt'];
const WRITE = ['kms:Decrypt', 'kms:GenerateDataKey'];

module.exports = async ({ resolveVariable }) => {
  const key = await resolveVariable('self:custom.params.kmsKeyArn');
  if (key === '') return { bucketEncryption: encryptedBy({ SSEAlgorithm: 'AES256' }), resources: {} };
  return {
    bucketEncryption: encryptedBy(
      { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: key },
      { BucketKeyEnabled: true },
    ),
    resources: {
      Resources: {
        ReadWithKeyPolicy: policy('read-with-key', statement(key, READ), ['DoctorRole', 'ChatRole']),
        WriteWithKeyPolicy: policy('write-with-key', statement(key, WRITE), [
          'ScanRole',
          'RenewRole',
          'DeployRole',
          'ConfirmRole',
          'AcmRole',
          'ProbeRole',
          'NotifyRole',
          'RevokeRole',
          'StatusRole',
          'AccountRole',
        ]),
      },
    },
  };
};

function encryptedBy(ServerSideEncryptionByDefault, more = {}) {
  return { ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault, ...more }] };
}

function policy(PolicyName, Statement, roles) {
  const PolicyDocument = { Version: '2012-10-17', Statement: [Statement] };
  const Roles = roles.map((Ref) => ({ Ref }));
  return { Type: 'AWS::IAM::Policy', Properties: { PolicyName, PolicyDocument, Roles } };
}

/** Only through S3, and so only for what the role may read or write there. */
function statement(key, actions) {
  const viaS3 = { 'Fn::Join': ['.', ['s3', { Ref: 'AWS::Region' }, { Ref: 'AWS::URLSuffix' }]] };
  return {
    Effect: 'Allow',
    Action: actions,
    Resource: key,
    Condition: { StringEquals: { 'kms:ViaService': viaS3 } },
  };
}

/** What a host's policy needs besides; nothing without a key of one's own. */
module.exports.readStatements = (key) => (key === '' ? [] : [statement(key, READ)]);
