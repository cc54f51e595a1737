import { SSMClient } from '@aws-sdk/client-ssm';
import { StoredAccounts } from '../lib/adapters/acme/change-account.ts';
import { ParameterStore } from '../lib/adapters/aws/parameter-store.ts';
import { trustRoots } from '../lib/adapters/node/trust-roots.ts';
import { changeAccount } from '../lib/issuance/ca/accounts.ts';
import { invoked, logger } from '../lib/lambda/handler.ts';
import { readSettings } from '../lib/lambda/settings.ts';

const settings = readSettings(process.env);
trustRoots(settings.caRoots);
const accounts = new StoredAccounts({ store: new ParameterStore(new SSMClient()), settings });

/** Shows our account at a CA, gives it a new key, or sends the CA its contact. */
export const handler = invoked(async (event) => {
  const account = await changeAccount({ accounts, stack: settings }, event);
  logger.info('account looked at', { account });
  return account;
});
