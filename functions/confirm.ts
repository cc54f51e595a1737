import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SSMClient } from '@aws-sdk/client-ssm';
import * as z from 'zod/mini';
import { EventBus } from '../lib/aws/event-bus.ts';
import { S3Store } from '../lib/aws/s3-store.ts';
import { SsmHosts } from '../lib/aws/ssm-hosts.ts';
import { logger, queued } from '../lib/lambda/handler.ts';
import { readSettings } from '../lib/settings.ts';
import { type ConfirmDeps, confirm } from '../lib/steps/confirm.ts';

const settings = readSettings(process.env);
const deps: ConfirmDeps = {
  store: new S3Store(new S3Client(), settings.bucket),
  hosts: new SsmHosts(new SSMClient(), settings),
  events: new EventBus(new EventBridgeClient(), settings.eventBus),
  clock: () => new Date(),
};

/** Writes down what a host reports of an installation. */
export const handler = queued(z.unknown(), async (event) => {
  logger.info('host reported', { report: await confirm(deps, event) });
});
