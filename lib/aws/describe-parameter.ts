import { DescribeParametersCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { errorText } from './error-name.ts';
import { ParameterError } from './parameter-store.ts';

/** What is known of a parameter to whom may not read its value; `undefined` when there is none. */
export async function describeParameter(
  ssm: SSMClient,
  name: string,
): Promise<{ description: string | undefined } | undefined> {
  const ParameterFilters = [{ Key: 'Name', Option: 'Equals', Values: [name] }];
  let after: string | undefined;
  try {
    // A page may be empty and not the last one.
    do {
      const page = await ssm.send(new DescribeParametersCommand({ ParameterFilters, NextToken: after }));
      const found = page.Parameters?.find(({ Name }) => Name === name);
      if (found) return { description: found.Description };
      after = page.NextToken;
    } while (after);
    return undefined;
  } catch (cause) {
    throw new ParameterError(`could not look for the parameter ${name}: ${errorText(cause)}`, { cause });
  }
}
