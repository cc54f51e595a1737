import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { acmIn } from '../lib/aws/acm.ts';
import { EventBus } from '../lib/aws/event-bus.ts';
import { S3Store } from '../lib/aws/s3-store.ts';
import { ImportDue } from '../lib/core/facts.ts';
import { eventWith, logger, queued } from '../lib/lambda/handler.ts';
import { readSettings } from '../lib/settings.ts';
import { type ImportDeps, importToAcm } from '../lib/steps/import-to-acm.ts';

const settings = readSettings(process.env);
const deps: ImportDeps = {
  store: new S3Store(new S3Client(), settings.bucket),
  managerIn: acmIn(settings.bucket),
  events: new EventBus(new EventBridgeClient(), settings.eventBus),
  stack: {
    ...settings,
    hostGroups: settings.hostGroups.map(({ name }) => name),
    zoneRoles: settings.zoneRoles.map(({ name }) => name),
  },
  clock: () => new Date(),
};

/** Brings certificates into ACM. */
export const handler = queued(eventWith(ImportDue), async ({ detail }) => {
  for (const certificate of await importToAcm(deps, detail)) {
    if (certificate.outcome === 'failed') logger.warn('import failed', { certificate });
    else logger.info('import ended', { certificate });
  }
});
