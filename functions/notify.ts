import { S3Client } from '@aws-sdk/client-s3';
import { SNSClient } from '@aws-sdk/client-sns';
import { SQSClient } from '@aws-sdk/client-sqs';
import { noticeTopic } from '../lib/adapters/aws/notice-topic.ts';
import { ownQueue } from '../lib/adapters/aws/queue.ts';
import { S3Store } from '../lib/adapters/aws/s3-store.ts';
import { logger, queuedTogether } from '../lib/lambda/handler.ts';
import { publishMetrics } from '../lib/lambda/metrics.ts';
import { readSettings } from '../lib/lambda/settings.ts';
import { type NotifyDeps, notify } from '../lib/reporting/notices/notify.ts';
import { SeenEvent } from '../lib/reporting/notices/rules/seen-event.ts';

const settings = readSettings(process.env);
const deps: NotifyDeps = {
  store: new S3Store(new S3Client(), settings.bucket),
  mailbox: noticeTopic(new SNSClient(), settings.noticeTopic),
  stage: settings.stage,
  docsUrl: settings.docsUrl,
  release: settings.release,
  dashboard: settings.dashboard,
  clock: () => new Date(),
};
const own = ownQueue(new SQSClient({ useQueueUrlAsEndpoint: false }), settings);

/** Mails people what needs them, and publishes metrics. */
export const handler = queuedTogether(
  SeenEvent,
  async (events) => {
    const { mails, measured } = await notify(deps, events);
    publishMetrics(measured, settings.stage);
    for (const mail of mails) logger.info('mail sent', { mail });
  },
  own,
);
