const REGION = 'eu-central-1';
const ACCOUNT = '123456789012';
const arn = (service: string, rest: string) => `arn:aws:${service}:${REGION}:${ACCOUNT}:${rest}`;

interface Needed {
  /** What CloudFormation calls in the deployer's name to create, update, read, tag and delete a resource of the type. */
  actions: readonly string[];
  /** The ARN of one of the stack, by its name. */
  arn: (name: string) => string;
  context?: Record<string, string>;
}

const functionArn = (name: string) => arn('lambda', `function:${name}`);
const bucketArn = (name: string) => `arn:aws:s3:::${name.toLowerCase()}`;
const topicArn = (name: string) => arn('sns', name);
const each = (service: string, names: string) => names.split(' ').map((name) => `${service}:${name}`);

/** By type of the template. Source: the handlers' permissions in CloudFormation's resource provider schemas. */
export const HANDLER_PERMISSIONS: Readonly<Record<string, Needed>> = {
  'AWS::CloudWatch::Alarm': {
    actions: each(
      'cloudwatch',
      'PutMetricAlarm DeleteAlarms DescribeAlarms TagResource UntagResource ListTagsForResource',
    ),
    arn: (name) => arn('cloudwatch', `alarm:${name}`),
  },
  'AWS::CloudWatch::Dashboard': {
    actions: each('cloudwatch', 'PutDashboard GetDashboard DeleteDashboards'),
    arn: (name) => `arn:aws:cloudwatch::${ACCOUNT}:dashboard/${name}`,
  },
  'AWS::Events::EventBus': {
    actions: each(
      'events',
      'CreateEventBus DescribeEventBus DeleteEventBus TagResource UntagResource ListTagsForResource',
    ),
    arn: () => arn('events', 'event-bus/perennial-production'),
  },
  'AWS::Events::Rule': {
    actions: each(
      'events',
      'PutRule DeleteRule DescribeRule PutTargets RemoveTargets ListTargetsByRule TagResource',
    ),
    arn: (name) => arn('events', `rule/${name}`),
  },
  'AWS::IAM::ManagedPolicy': {
    actions: each(
      'iam',
      'CreatePolicy CreatePolicyVersion DeletePolicy DeletePolicyVersion GetPolicy GetPolicyVersion ListPolicyVersions ListEntitiesForPolicy',
    ),
    arn: (name) => `arn:aws:iam::${ACCOUNT}:policy/${name}`,
  },
  'AWS::IAM::Role': {
    actions: each(
      'iam',
      'CreateRole DeleteRole GetRole PutRolePolicy DeleteRolePolicy GetRolePolicy ListRolePolicies ListAttachedRolePolicies AttachRolePolicy DetachRolePolicy UpdateAssumeRolePolicy PutRolePermissionsBoundary DeleteRolePermissionsBoundary TagRole UntagRole',
    ),
    arn: (name) => `arn:aws:iam::${ACCOUNT}:role/${name}`,
  },
  'AWS::Lambda::EventSourceMapping': {
    actions: each(
      'lambda',
      'CreateEventSourceMapping DeleteEventSourceMapping GetEventSourceMapping UpdateEventSourceMapping',
    ),
    arn: () => arn('lambda', 'event-source-mapping:11111111-2222-3333-4444-555555555555'),
    context: { 'lambda:FunctionArn': functionArn('perennial-production-scan') },
  },
  'AWS::Lambda::Function': {
    actions: each(
      'lambda',
      'CreateFunction DeleteFunction GetFunction GetFunctionConfiguration UpdateFunctionCode UpdateFunctionConfiguration TagResource UntagResource ListTags',
    ),
    arn: functionArn,
  },
  'AWS::Lambda::Permission': {
    actions: each('lambda', 'AddPermission RemovePermission GetPolicy'),
    arn: functionArn,
  },
  'AWS::Logs::LogGroup': {
    actions: each(
      'logs',
      'CreateLogGroup DeleteLogGroup PutRetentionPolicy DeleteRetentionPolicy TagResource UntagResource ListTagsForResource',
    ),
    arn: (name) => arn('logs', `log-group:/aws/lambda/${name}`),
  },
  'AWS::Logs::MetricFilter': {
    actions: each('logs', 'PutMetricFilter DeleteMetricFilter DescribeMetricFilters'),
    arn: (name) => arn('logs', `log-group:/aws/lambda/${name}`),
  },
  'AWS::S3::Bucket': {
    actions: each(
      's3',
      'CreateBucket DeleteBucket ListBucket PutBucketVersioning PutEncryptionConfiguration PutLifecycleConfiguration PutBucketNotification PutBucketOwnershipControls PutBucketPublicAccessBlock PutBucketTagging',
    ),
    arn: bucketArn,
  },
  'AWS::S3::BucketPolicy': {
    actions: each('s3', 'PutBucketPolicy GetBucketPolicy DeleteBucketPolicy'),
    arn: bucketArn,
  },
  'AWS::SNS::Subscription': { actions: each('sns', 'Subscribe ListSubscriptionsByTopic'), arn: topicArn },
  'AWS::SNS::Topic': {
    actions: each(
      'sns',
      'CreateTopic DeleteTopic GetTopicAttributes SetTopicAttributes TagResource UntagResource ListTagsForResource',
    ),
    arn: topicArn,
  },
  'AWS::SQS::Queue': {
    actions: each(
      'sqs',
      'CreateQueue DeleteQueue GetQueueAttributes GetQueueUrl SetQueueAttributes TagQueue UntagQueue ListQueueTags',
    ),
    arn: (name) => arn('sqs', name),
  },
  'AWS::SQS::QueuePolicy': {
    actions: each('sqs', 'GetQueueAttributes SetQueueAttributes'),
    arn: (name) => arn('sqs', name),
  },
  // An association's ARN has no name. What it runs is held against the document (see the tests).
  'AWS::SSM::Association': {
    actions: each('ssm', 'CreateAssociation DescribeAssociation UpdateAssociation DeleteAssociation'),
    arn: () => arn('ssm', 'association/11111111-2222-3333-4444-555555555555'),
  },
  'AWS::SSM::Document': {
    actions: each(
      'ssm',
      'CreateDocument DeleteDocument DescribeDocument GetDocument UpdateDocument UpdateDocumentDefaultVersion AddTagsToResource RemoveTagsFromResource ListTagsForResource',
    ),
    arn: (name) => arn('ssm', `document/${name}`),
  },
};

export const DEPLOYER_PLACE = { REGION, ACCOUNT, STAGE: 'production' };
