import { S3Client } from '@aws-sdk/client-s3';
import { SSMClient } from '@aws-sdk/client-ssm';
import { StoredAccounts } from '../lib/adapters/acme/change-account.ts';
import { ParameterStore } from '../lib/adapters/aws/parameter-store.ts';
import { S3Store } from '../lib/adapters/aws/s3-store.ts';
import { trustRoots } from '../lib/adapters/node/trust-roots.ts';
import { changeAccount } from '../lib/issuance/ca/accounts.ts';
import { invoked, logger, warnThat } from '../lib/lambda/handler.ts';
import { readSettings } from '../lib/lambda/settings.ts';

const settings = readSettings(process.env);
trustRoots(settings.caRoots);
const store = new S3Store(new S3Client(), settings.bucket);
const accounts = new StoredAccounts({
  store,
  earlier: new ParameterStore(new SSMClient()),
  settings,
  onTrouble: warnThat('account not wholly seen to'),
});
const deps = { accounts, stack: settings, store, warn: (message: string) => logger.warn(message) };

/** Shows our account at a CA, gives it a new key, or sends the CA its contact. */
export const handler = invoked(async (event) => {
  const account = await changeAccount(deps, event);
  logger.info('account looked at', { account });
  return account;
});
