import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { acmIn } from '../lib/adapters/aws/acm.ts';
import { EventBridgeBus } from '../lib/adapters/aws/event-bus.ts';
import { ownQueue } from '../lib/adapters/aws/queue.ts';
import { S3Store } from '../lib/adapters/aws/s3-store.ts';
import { type ImportDeps, importToAcm } from '../lib/delivery/acm/import-to-acm.ts';
import { ImportDue } from '../lib/foundation/events/events.ts';
import { eventWith, logger, queued } from '../lib/lambda/handler.ts';
import { readSettings } from '../lib/lambda/settings.ts';

const settings = readSettings(process.env);
const deps: ImportDeps = {
  store: new S3Store(new S3Client(), settings.bucket),
  managerIn: acmIn(settings.bucket),
  events: new EventBridgeBus(new EventBridgeClient(), settings.eventBus),
  stack: settings,
  clock: () => new Date(),
};
const own = ownQueue(new SQSClient({ useQueueUrlAsEndpoint: false }), settings);

/** Brings certificates into ACM. */
export const handler = queued(
  eventWith(ImportDue),
  async ({ detail }, { signal }) => {
    for (const certificate of await importToAcm(deps, detail, signal)) {
      if (certificate.outcome === 'failed') logger.warn('import failed', { certificate });
      else logger.info('import ended', { certificate });
    }
  },
  own,
);
