import {
  DeleteBucketPolicyCommand,
  GetBucketLifecycleConfigurationCommand,
  GetBucketNotificationConfigurationCommand,
  PutBucketEncryptionCommand,
  PutBucketLifecycleConfigurationCommand,
  PutBucketNotificationConfigurationCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { type BucketProperties, encryptionOf, lifecycleOf, notificationOf } from './rules/bucket-settings.ts';

/**
 * Gives a bucket that is there what the template gives one of the stack's own; again at each deploy, as settings may have
 * changed. Public access is blocked first, and the policy of before removed last: CloudFormation makes the new one within the
 * deploy.
 */
export async function takeOver(
  s3: S3Client,
  Bucket: string,
  { properties, removePolicy }: { properties: BucketProperties; removePolicy: boolean },
): Promise<void> {
  const { PublicAccessBlockConfiguration, OwnershipControls, VersioningConfiguration } = properties;
  await s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration }));
  await s3.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls }));
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
  const ServerSideEncryptionConfiguration = encryptionOf(properties);
  await s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration }));
  const Rules = lifecycleOf(properties, await lifecycleThere(s3, Bucket));
  const LifecycleConfiguration = { Rules };
  await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration }));
  await tellEventBridge(s3, Bucket);
  if (removePolicy) await s3.send(new DeleteBucketPolicyCommand({ Bucket }));
}

async function lifecycleThere(s3: S3Client, Bucket: string) {
  try {
    return (await s3.send(new GetBucketLifecycleConfigurationCommand({ Bucket }))).Rules ?? [];
  } catch (error) {
    if (error instanceof Error && error.name === 'NoSuchLifecycleConfiguration') return [];
    throw error;
  }
}

async function tellEventBridge(s3: S3Client, Bucket: string): Promise<void> {
  const { $metadata: _, ...there } = await s3.send(new GetBucketNotificationConfigurationCommand({ Bucket }));
  const NotificationConfiguration = notificationOf(there);
  if (NotificationConfiguration)
    await s3.send(new PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration }));
}
