import type {
  LifecycleRule,
  NotificationConfiguration,
  OwnershipControls,
  PublicAccessBlockConfiguration,
  ServerSideEncryptionConfiguration,
} from '@aws-sdk/client-s3';

/** The resource `Bucket` in resources/bucket.yml, in CloudFormation's words. */
export interface BucketProperties {
  BucketEncryption: {
    ServerSideEncryptionConfiguration: {
      ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' | 'aws:kms'; KMSMasterKeyID?: string };
      BucketKeyEnabled?: boolean;
    }[];
  };
  PublicAccessBlockConfiguration: PublicAccessBlockConfiguration;
  OwnershipControls: OwnershipControls;
  VersioningConfiguration: { Status: 'Enabled' };
  LifecycleConfiguration: { Rules: TemplateRule[] };
  NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } };
}

interface TemplateRule {
  Id: string;
  Status: 'Enabled';
  Prefix?: string;
  NoncurrentVersionExpiration?: { NoncurrentDays: number };
  ExpiredObjectDeleteMarker?: boolean;
  ExpirationInDays?: number;
  AbortIncompleteMultipartUpload?: { DaysAfterInitiation: number };
}

/** Encryption in the words of S3's API. */
export function encryptionOf({
  BucketEncryption,
}: Pick<BucketProperties, 'BucketEncryption'>): ServerSideEncryptionConfiguration {
  const Rules = BucketEncryption.ServerSideEncryptionConfiguration.map(
    ({ ServerSideEncryptionByDefault, BucketKeyEnabled }) => ({
      ApplyServerSideEncryptionByDefault: ServerSideEncryptionByDefault,
      ...(BucketKeyEnabled !== undefined && { BucketKeyEnabled }),
    }),
  );
  return { Rules };
}

/** Our lifecycle rules in the words of S3's API, and those of others that the bucket has, which S3 would replace. */
export function lifecycleOf(
  { LifecycleConfiguration }: Pick<BucketProperties, 'LifecycleConfiguration'>,
  there: readonly LifecycleRule[],
): LifecycleRule[] {
  const ours = LifecycleConfiguration.Rules.map(ruleOf);
  const names = ours.map(({ ID }) => ID);
  return [...ours, ...there.filter(({ ID }) => !names.includes(ID))];
}

function ruleOf({ Id, Status, Prefix = '', ...rule }: TemplateRule): LifecycleRule {
  const { ExpiredObjectDeleteMarker, ExpirationInDays: Days, ...others } = rule;
  const isExpiring = ExpiredObjectDeleteMarker !== undefined || Days !== undefined;
  return {
    ...{ ID: Id, Status, Filter: { Prefix }, ...others },
    ...(isExpiring && {
      Expiration: Days === undefined ? { ExpiredObjectDeleteMarker: true } : { Days },
    }),
  };
}

/** The bucket's notifications with EventBridge among them; S3 replaces all. Nothing where it is there already. */
export function notificationOf(there: NotificationConfiguration): NotificationConfiguration | undefined {
  return there.EventBridgeConfiguration ? undefined : { ...there, EventBridgeConfiguration: {} };
}
