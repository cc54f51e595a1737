import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import * as z from 'zod/mini';
import { EventBridgeBus } from '../lib/adapters/aws/event-bus.ts';
import { ownQueue } from '../lib/adapters/aws/queue.ts';
import { S3Store } from '../lib/adapters/aws/s3-store.ts';
import { SsmHosts } from '../lib/adapters/aws/ssm-hosts.ts';
import { type ConfirmDeps, confirm } from '../lib/delivery/deployment/confirm.ts';
import { logger, queued } from '../lib/lambda/handler.ts';
import { readSettings } from '../lib/lambda/settings.ts';

const settings = readSettings(process.env);
const deps: ConfirmDeps = {
  store: new S3Store(new S3Client(), settings.bucket),
  hosts: new SsmHosts(new SSMClient(), settings),
  events: new EventBridgeBus(new EventBridgeClient(), settings.eventBus),
  clock: () => new Date(),
};
const own = ownQueue(new SQSClient({ useQueueUrlAsEndpoint: false }), settings);

/** Records what a host reports of an installation. */
export const handler = queued(
  z.unknown(),
  async (event) => {
    logger.info('host reported', { report: await confirm(deps, event) });
  },
  own,
);
