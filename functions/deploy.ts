import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SSMClient } from '@aws-sdk/client-ssm';
import { EventBridgeBus } from '../lib/adapters/aws/event-bus.ts';
import { S3Store } from '../lib/adapters/aws/s3-store.ts';
import { SsmHosts } from '../lib/adapters/aws/ssm-hosts.ts';
import { nodeRuntime } from '../lib/adapters/node/runtime.ts';
import { type DeployDeps, deploy } from '../lib/delivery/deployment/deploy.ts';
import { DeploymentDue } from '../lib/foundation/events/events.ts';
import { eventWith, logger, queued } from '../lib/lambda/handler.ts';
import { readSettings } from '../lib/lambda/settings.ts';

const settings = readSettings(process.env);
const deps: DeployDeps = {
  store: new S3Store(new S3Client(), settings.bucket),
  hosts: new SsmHosts(new SSMClient(), settings),
  events: new EventBridgeBus(new EventBridgeClient(), settings.eventBus),
  stack: settings,
  clock: () => new Date(),
  runtime: nodeRuntime,
};

/** Makes one host group install certificates, canary first. */
export const handler = queued(eventWith(DeploymentDue), async ({ detail }, { signal }) => {
  logger.info('deployment begun', { deployment: await deploy(deps, detail, signal) });
});
