import { paginateDescribeParameters, type SSMClient } from '@aws-sdk/client-ssm';
import * as z from 'zod/mini';
import type { ObjectStore } from '../../foundation/bucket/object-store.ts';
import { accountUrlKey } from '../../foundation/certificate/object-keys.ts';
import { orNone } from '../../foundation/common/parse-json.ts';
import type { DescribeAccount } from '../../issuance/ca/accounts.ts';
import { accountParameter, accountUriIn } from '../../issuance/ca/rules/account-parameter.ts';
import { ParameterError } from './parameter-store.ts';

const InTheOpen = z.object({
  url: z.string(),
  thumbprint: z.optional(z.string().check(z.regex(/^[\w-]{43}$/))),
});

interface Places {
  store: Pick<ObjectStore, 'get'>;
  ssm: SSMClient;
  /** Path of the parameters that had the accounts before. */
  prefix: string;
}

/** Reads our accounts' addresses and their keys' thumbprints, for roles that may not read the keys; of one that was not taken over yet, its description. */
export function describeAccounts({ store, ssm, prefix }: Places): DescribeAccount {
  return async (directoryUrl) => {
    const stored = await store.get(accountUrlKey(directoryUrl));
    if (stored) {
      const { url, thumbprint } = orNone(stored.body, InTheOpen) ?? {};
      return { accountUri: accountUriIn(url), ...(thumbprint !== undefined && { thumbprint }) };
    }
    return describedBefore(ssm, accountParameter(directoryUrl, prefix));
  };
}

async function describedBefore(client: SSMClient, name: string): ReturnType<DescribeAccount> {
  const ParameterFilters = [{ Key: 'Name', Option: 'Equals', Values: [name] }];
  try {
    for await (const { Parameters = [] } of paginateDescribeParameters({ client }, { ParameterFilters })) {
      const found = Parameters.find(({ Name }) => Name === name);
      if (found) return { accountUri: accountUriIn(found.Description) };
    }
    return undefined;
  } catch (cause) {
    throw new ParameterError(`look for the parameter ${name}`, cause);
  }
}
