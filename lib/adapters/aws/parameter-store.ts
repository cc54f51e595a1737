import {
  DeleteParameterCommand,
  GetParameterCommand,
  PutParameterCommand,
  type PutParameterCommandInput,
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

  /** `false` when one exists already: of two callers one wins. `description` is not encrypted. */
  async create(name: string, value: string, description?: string): Promise<boolean> {
    return this.#put({ Name: name, Value: value, Description: description, Overwrite: false });
  }

  async replace(name: string, value: string, description?: string): Promise<void> {
    await this.#put({ Name: name, Value: value, Description: description, Overwrite: true });
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

  async #put(parameter: PutParameterCommandInput): Promise<boolean> {
    try {
      await this.#ssm.send(new PutParameterCommand({ ...parameter, Type: 'SecureString' }));
      return true;
    } catch (cause) {
      if (errorName(cause) === 'ParameterAlreadyExists') return false;
      throw new ParameterError(`could not write the parameter ${parameter.Name}: ${errorText(cause)}`, {
        cause,
      });
    }
  }
}
