import {
  DeleteParameterCommand,
  GetParameterCommand,
  PutParameterCommand,
  type PutParameterCommandInput,
  type SSMClient,
} from '@aws-sdk/client-ssm';
import { PerennialError } from '../../foundation/common/perennial-error.ts';
import { errorName, errorText } from './error-name.ts';

export class ParameterError extends PerennialError<'parameter-unavailable'> {
  override readonly name = 'ParameterError';

  constructor(attempt: string, cause: unknown) {
    super('parameter-unavailable', { seen: `could not ${attempt}: ${errorText(cause)}`, cause });
  }
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
      throw new ParameterError(`read the parameter ${name}`, cause);
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
      throw new ParameterError(`remove the parameter ${name}`, cause);
    }
  }

  async #put(parameter: PutParameterCommandInput): Promise<boolean> {
    try {
      await this.#ssm.send(new PutParameterCommand({ ...parameter, Type: 'SecureString' }));
      return true;
    } catch (cause) {
      if (errorName(cause) === 'ParameterAlreadyExists') return false;
      throw new ParameterError(`write the parameter ${parameter.Name}`, cause);
    }
  }
}
