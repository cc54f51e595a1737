import {
  DeleteParameterCommand,
  DescribeParametersCommand,
  GetParameterCommand,
  PutParameterCommand,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import { errorName, errorText } from './error-name.ts';

export class ParameterError extends Error {
  override readonly name = 'ParameterError';
  readonly reason = 'parameter-unavailable';
}

/** SecureStrings in SSM Parameter Store, for the ACME accounts. */
export class ParameterStore {
  readonly #ssm: SSMClient;

  constructor(ssm: SSMClient) {
    this.#ssm = ssm;
  }

  /** `undefined` when there is none. */
  async get(name: string): Promise<string | undefined> {
    try {
      const answer = await this.#ssm.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
      return answer.Parameter?.Value;
    } catch (cause) {
      if (errorName(cause) === 'ParameterNotFound') return undefined;
      throw new ParameterError(`could not read the parameter ${name}: ${errorText(cause)}`, { cause });
    }
  }

  /** Whether there is one; its value is not read. */
  async exists(name: string): Promise<boolean> {
    const ParameterFilters = [{ Key: 'Name', Option: 'Equals', Values: [name] }];
    let after: string | undefined;
    try {
      // A page may be empty and not the last one.
      do {
        const page = await this.#ssm.send(
          new DescribeParametersCommand({ ParameterFilters, NextToken: after }),
        );
        if (page.Parameters?.some(({ Name }) => Name === name)) return true;
        after = page.NextToken;
      } while (after);
      return false;
    } catch (cause) {
      throw new ParameterError(`could not look for the parameter ${name}: ${errorText(cause)}`, { cause });
    }
  }

  /** `false` when one exists already: of two callers one wins. */
  async create(name: string, value: string): Promise<boolean> {
    return this.#put(name, value, false);
  }

  async replace(name: string, value: string): Promise<void> {
    await this.#put(name, value, true);
  }

  /** Absent already is done. */
  async remove(name: string): Promise<void> {
    try {
      await this.#ssm.send(new DeleteParameterCommand({ Name: name }));
    } catch (cause) {
      if (errorName(cause) === 'ParameterNotFound') return;
      throw new ParameterError(`could not remove the parameter ${name}: ${errorText(cause)}`, { cause });
    }
  }

  async #put(name: string, value: string, overwrite: boolean): Promise<boolean> {
    try {
      await this.#ssm.send(
        new PutParameterCommand({ Name: name, Value: value, Type: 'SecureString', Overwrite: overwrite }),
      );
      return true;
    } catch (cause) {
      if (errorName(cause) === 'ParameterAlreadyExists') return false;
      throw new ParameterError(`could not write the parameter ${name}: ${errorText(cause)}`, { cause });
    }
  }
}
