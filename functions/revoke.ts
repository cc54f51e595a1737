import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { S3Client } from '@aws-sdk/client-s3';
import { SSMClient } from '@aws-sdk/client-ssm';
import { openStoredAuthority } from '../lib/adapters/acme/accounts.ts';
import { EventBridgeBus } from '../lib/adapters/aws/event-bus.ts';
import { ParameterStore } from '../lib/adapters/aws/parameter-store.ts';
import { S3Store } from '../lib/adapters/aws/s3-store.ts';
import { trustRoots } from '../lib/adapters/node/trust-roots.ts';
import { type RevokeDeps, revoke } from '../lib/issuance/revocation/revoke.ts';
import { invoked, logger } from '../lib/lambda/handler.ts';
import { readSettings } from '../lib/lambda/settings.ts';

const settings = readSettings(process.env);
trustRoots(settings.caRoots);
const store = new S3Store(new S3Client(), settings.bucket);
const accounts = { store, earlier: new ParameterStore(new SSMClient()), settings };
const deps: RevokeDeps = {
  store,
  openAuthority: (directoryUrl) => openStoredAuthority(directoryUrl, accounts),
  events: new EventBridgeBus(new EventBridgeClient(), settings.eventBus),
  stack: settings,
};

/** Revokes one version of one certificate, and replaces a live one. */
export const handler = invoked(async (event) => {
  const revoked = await revoke(deps, event, new Date());
  logger.warn('certificate revoked', { certificate: revoked });
  return revoked;
});
