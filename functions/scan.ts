import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { caaIssuerReader, standingTermsReader } from '../lib/adapters/acme/directory.ts';
import { renewalInfoOf } from '../lib/adapters/acme/renewal-info.ts';
import { describeAccounts } from '../lib/adapters/aws/describe-account.ts';
import { EventBridgeBus } from '../lib/adapters/aws/event-bus.ts';
import { ownQueue } from '../lib/adapters/aws/queue.ts';
import { route53ZonesToRead } from '../lib/adapters/aws/route53-zones-of.ts';
import { S3Store } from '../lib/adapters/aws/s3-store.ts';
import { SsmHosts } from '../lib/adapters/aws/ssm-hosts.ts';
import { DnsResolver } from '../lib/adapters/net/node-resolver.ts';
import { nodeRuntime } from '../lib/adapters/node/runtime.ts';
import { trustRoots } from '../lib/adapters/node/trust-roots.ts';
import { keepFormat } from '../lib/foundation/bucket/keep-format.ts';
import { BUNDLED_SETTINGS } from '../lib/lambda/bundled-settings.ts';
import { invokedOrQueued, logger, warnThat } from '../lib/lambda/handler.ts';
import { readSettings } from '../lib/lambda/settings.ts';
import { answerOf } from '../lib/scan/answer-of.ts';
import type { ScanDeps } from '../lib/scan/context.ts';
import { logLines } from '../lib/scan/log-lines.ts';
import {
  asksForSettings,
  ObjectCreated,
  parseStart,
  type Start,
  startOfFiles,
} from '../lib/scan/rules/trigger.ts';
import { scan } from '../lib/scan/scan.ts';

const CA_TIMEOUT_MS = 5_000;
const settings = readSettings(process.env);
trustRoots(settings.caRoots);
const ssm = new SSMClient();
const store = new S3Store(new S3Client(), settings.bucket);
const deps: ScanDeps = {
  store,
  zonesOf: route53ZonesToRead(settings.zoneRoles),
  hosts: new SsmHosts(ssm, settings),
  events: new EventBridgeBus(new EventBridgeClient(), settings.eventBus),
  resolver: new DnsResolver(settings.dns),
  caaIssuer: caaIssuerReader(settings, warnThat('CA not asked for its names in CAA')),
  describeAccount: describeAccounts({ store, ssm, prefix: settings.accountPrefix }),
  standingTerms: standingTermsReader(warnThat('CA not asked for its terms of standing records')),
  askRenewalInfo: renewalInfoOf({ timeoutMs: CA_TIMEOUT_MS }),
  stack: settings,
  runtime: nodeRuntime,
};

const own = ownQueue(new SQSClient({ useQueueUrlAsEndpoint: false }), settings);

/** Decides what is due and puts it on the bus; answers with the plan, or with the settings that are not in the environment. */
export const handler = invokedOrQueued(
  async (event) => (asksForSettings(event) ? BUNDLED_SETTINGS : scanAs(parseStart(event))),
  { schema: ObjectCreated, own, together: (created) => scanAs(startOfFiles(created)) },
);

async function scanAs(start: Start) {
  await keepFormat(store, { release: settings.release, dryRun: start.dryRun });
  const plan = await scan(deps, start, new Date());
  const decided = start.dryRun ? 'planned' : 'decided';
  const { each, quiet } = logLines(start, plan.certificates);
  for (const certificate of each) logger.info(`certificate ${decided}`, { certificate });
  logger.info('scan ended', { start: plan.start, certificates: plan.certificates.length, quiet });
  for (const deployment of plan.deployments) logger.info(`deployment ${decided}`, { deployment });
  for (const waiting of plan.waiting) logger.info('deployment waits', { waiting });
  for (const warning of plan.warnings) logger.warn('scan goes on without', { warning });
  return answerOf(plan);
}
