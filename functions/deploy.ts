import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SSMClient } from '@aws-sdk/client-ssm';
import { EventBus } from '../lib/aws/event-bus.ts';
import { S3Store } from '../lib/aws/s3-store.ts';
import { SsmHosts } from '../lib/aws/ssm-hosts.ts';
import { DeploymentDue } from '../lib/core/facts.ts';
import { eventWith, logger, queued } from '../lib/lambda/handler.ts';
import { readSettings } from '../lib/settings.ts';
import { type DeployDeps, deploy } from '../lib/steps/deploy.ts';

const settings = readSettings(process.env);
const deps: DeployDeps = {
  store: new S3Store(new S3Client(), settings.bucket),
  hosts: new SsmHosts(new SSMClient(), settings),
  events: new EventBus(new EventBridgeClient(), settings.eventBus),
  groups: settings.hostGroups,
  clock: () => new Date(),
};

/** Has one host group install certificates, canary first. */
export const handler = queued(eventWith(DeploymentDue), async ({ detail }, { signal }) => {
  logger.info('deployment begun', { deployment: await deploy(deps, detail, signal) });
});
