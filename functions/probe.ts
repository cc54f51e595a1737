import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod/mini';
import { EventBridgeBus } from '../lib/adapters/aws/event-bus.ts';
import { ownQueue } from '../lib/adapters/aws/queue.ts';
import { S3Store } from '../lib/adapters/aws/s3-store.ts';
import { PublicSiteObserver } from '../lib/adapters/net/public-site-observer.ts';
import { trustRoots } from '../lib/adapters/node/trust-roots.ts';
import { type ProbeDeps, probe } from '../lib/delivery/probe/probe.ts';
import { logger, queued } from '../lib/lambda/handler.ts';
import { readSettings } from '../lib/lambda/settings.ts';

const settings = readSettings(process.env);
trustRoots(settings.caRoots);
const deps: ProbeDeps = {
  store: new S3Store(new S3Client(), settings.bucket),
  sites: new PublicSiteObserver({ dns: settings.dns, privatePorts: settings.probePrivatePorts }),
  events: new EventBridgeBus(new EventBridgeClient(), settings.eventBus),
  stack: settings,
  clock: () => new Date(),
};
const own = ownQueue(new SQSClient({ useQueueUrlAsEndpoint: false }), settings);

/** Probes sites from outside. */
export const handler = queued(
  z.unknown(),
  async (event, { signal }) => {
    for (const { findings = [], ...certificate } of await probe(deps, event, signal)) {
      logger.info('probe ended', { certificate });
      for (const finding of findings.filter(({ status }) => status !== 'ok'))
        logger.warn('seen from outside', { finding });
    }
  },
  own,
);
