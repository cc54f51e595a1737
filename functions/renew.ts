import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SSMClient } from '@aws-sdk/client-ssm';
import { openAuthority } from '../lib/adapters/acme/accounts.ts';
import { caaIssuerReader } from '../lib/adapters/acme/directory.ts';
import { nothingKept } from '../lib/adapters/acme/kept-accounts.ts';
import { EventBridgeBus } from '../lib/adapters/aws/event-bus.ts';
import { ParameterStore } from '../lib/adapters/aws/parameter-store.ts';
import { route53ZonesOf } from '../lib/adapters/aws/route53-zones-of.ts';
import { S3Store } from '../lib/adapters/aws/s3-store.ts';
import { DnsResolver } from '../lib/adapters/net/node-resolver.ts';
import { nodeRuntime } from '../lib/adapters/node/runtime.ts';
import { trustRoots } from '../lib/adapters/node/trust-roots.ts';
import { RenewalDue } from '../lib/foundation/events/events.ts';
import type { RenewDeps } from '../lib/issuance/renewal/deps.ts';
import { requireForcedDone } from '../lib/issuance/renewal/outcome.ts';
import { renewBatch } from '../lib/issuance/renewal/renew-batch.ts';
import { eventWith, logger, queued, warnThat } from '../lib/lambda/handler.ts';
import { readSettings } from '../lib/lambda/settings.ts';

const settings = readSettings(process.env);
trustRoots(settings.caRoots);
const store = new S3Store(new S3Client(), settings.bucket);
const accounts = {
  store,
  kept: nothingKept(),
  earlier: new ParameterStore(new SSMClient()),
  settings,
  onTrouble: warnThat('account not wholly seen to'),
};
const deps: RenewDeps = {
  store,
  zonesOf: route53ZonesOf(settings.zoneRoles),
  resolver: new DnsResolver(settings.dns),
  openAuthority: (directoryUrl, options) => openAuthority(directoryUrl, accounts, options),
  caaIssuer: caaIssuerReader(settings, warnThat('CA not asked for its names in CAA')),
  events: new EventBridgeBus(new EventBridgeClient(), settings.eventBus),
  stack: settings,
  clock: () => new Date(),
  runtime: nodeRuntime,
  warn: (warning) => logger.warn('renewal goes on without', { warning }),
};

/** Renews one batch of certificates; a message whose wish was left goes back to the queue. */
export const handler = queued(
  eventWith(RenewalDue),
  async ({ detail }, { requestId, signal, timeLeftMs }) => {
    const outcomes = await renewBatch(deps, detail, { owner: requestId, signal, timeLeftMs });
    for (const certificate of outcomes) logger.info('renewal ended', { certificate });
    requireForcedDone(detail, outcomes);
  },
);
