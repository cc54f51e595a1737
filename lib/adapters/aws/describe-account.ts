import { paginateDescribeParameters, type SSMClient } from '@aws-sdk/client-ssm';
import type { DescribeAccount } from '../../issuance/ca/accounts.ts';
import { accountIn, accountParameter } from '../../issuance/ca/rules/account-parameter.ts';
import { ParameterError } from './parameter-store.ts';

/** Reads our accounts from the descriptions of their parameters, for roles that may not read the keys. */
export function describeAccounts(client: SSMClient, prefix: string): DescribeAccount {
  return async (directoryUrl) => {
    const name = accountParameter(directoryUrl, prefix);
    const ParameterFilters = [{ Key: 'Name', Option: 'Equals', Values: [name] }];
    try {
      for await (const { Parameters = [] } of paginateDescribeParameters({ client }, { ParameterFilters })) {
        const found = Parameters.find(({ Name }) => Name === name);
        if (found) return accountIn(found.Description);
      }
      return undefined;
    } catch (cause) {
      throw new ParameterError(`look for the parameter ${name}`, cause);
    }
  };
}
