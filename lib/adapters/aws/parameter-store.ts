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

/** The ACME accounts, as SecureStrings in SSM Parameter Store. */
export class ParameterStore {
  readonly #ssm: SSMClient;

  constructor(ssm: SSMClient) {
    this.#ssm = ssm;
  }

  /** `undefined` when there is none. */
  get(name: string): Promise<string | undefined> {
    return this.#unless('ParameterNotFound', `read the parameter ${name}`, async () => {
      const answer = await this.#ssm.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
      return answer.Parameter?.Value;
    });
  }

  /** `false` when there is one already: one of two callers wins. `description` is not encrypted. */
  create(name: string, value: string, description?: string): Promise<boolean> {
    return this.#put({ Name: name, Value: value, Description: description, Overwrite: false });
  }

  async replace(name: string, value: string, description?: string): Promise<void> {
    await this.#put({ Name: name, Value: value, Description: description, Overwrite: true });
  }

  /** Absent already is done. */
  async remove(name: string): Promise<void> {
    const command = new DeleteParameterCommand({ Name: name });
    await this.#unless('ParameterNotFound', `remove the parameter ${name}`, () => this.#ssm.send(command));
  }

  async #put(parameter: PutParameterCommandInput): Promise<boolean> {
    const command = new PutParameterCommand({ ...parameter, Type: 'SecureString' });
    const attempt = `write the parameter ${parameter.Name}`;
    return !!(await this.#unless('ParameterAlreadyExists', attempt, () => this.#ssm.send(command)));
  }

  /** `undefined` when SSM answers with the error `name`. */
  async #unless<T>(name: string, attempt: string, call: () => Promise<T>): Promise<T | undefined> {
    try {
      return await call();
    } catch (cause) {
      if (errorName(cause) === name) return undefined;
      throw new ParameterError(attempt, cause);
    }
  }
}
