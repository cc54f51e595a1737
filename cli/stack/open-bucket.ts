import { S3Client } from '@aws-sdk/client-s3';
import { S3Store } from '../../lib/adapters/aws/s3-store.ts';
import type { DeployedStack } from './find-stack.ts';

/** As many connections as the reads of a table are made at once. */
export const READS_AT_ONCE = 64;

/** The stack's bucket, with the credentials of the person at the terminal. */
export function openBucket({ region, bucket }: DeployedStack): S3Store {
  const agent = { maxSockets: READS_AT_ONCE };
  const s3 = new S3Client({ region, requestHandler: { httpAgent: agent, httpsAgent: agent } });
  return new S3Store(s3, bucket);
}
