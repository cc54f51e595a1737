import { DescribeParametersCommand, type SSMClient } from '@aws-sdk/client-ssm';
import type { DescribeAccount } from '../../issuance/ca/accounts.ts';
import { accountParameter, accountUriIn } from '../../issuance/ca/rules/account-parameter.ts';
import { ParameterError } from './parameter-store.ts';

/** Our accounts by what their parameters show of them; for roles that may not read the keys. */
export function describeAccounts(ssm: SSMClient, prefix: string): DescribeAccount {
  return async (directoryUrl) => {
    const found = await describeParameter(ssm, accountParameter(directoryUrl, prefix));
    return found && { accountUri: accountUriIn(found.Description) };
  };
}

async function describeParameter(ssm: SSMClient, name: string) {
  const ParameterFilters = [{ Key: 'Name', Option: 'Equals', Values: [name] }];
  let after: string | undefined;
  try {
    // A page may be empty and not the last one.
    do {
      const page = await ssm.send(new DescribeParametersCommand({ ParameterFilters, NextToken: after }));
      const found = page.Parameters?.find(({ Name }) => Name === name);
      if (found) return found;
      after = page.NextToken;
    } while (after);
    return undefined;
  } catch (cause) {
    throw new ParameterError(`look for the parameter ${name}`, cause);
  }
}
