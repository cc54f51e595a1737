import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { SSMClient } from '@aws-sdk/client-ssm';
import { topicSubscriptions } from '../lib/adapters/aws/notice-topic.ts';
import { S3Store } from '../lib/adapters/aws/s3-store.ts';
import { SsmHosts } from '../lib/adapters/aws/ssm-hosts.ts';
import { invoked, logger } from '../lib/lambda/handler.ts';
import { readSettings } from '../lib/lambda/settings.ts';
import { type StatusDeps, showStatus } from '../lib/reporting/status/show-status.ts';

const settings = readSettings(process.env);
const deps: StatusDeps = {
  store: new S3Store(new S3Client(), settings.bucket),
  hosts: new SsmHosts(new SSMClient(), settings),
  stack: settings,
  subscriptions: topicSubscriptions(new SNSClient(), settings),
  stage: settings.stage,
  release: settings.release,
  region: settings.region,
};

/** How every certificate is, as JSON or as a page in the bucket. */
export const handler = invoked(async (event) => {
  const answer = await showStatus(deps, event, new Date());
  const { counts, page } = answer;
  logger.info('status read', { counts, page });
  return answer;
});
