import { DeleteParameterCommand, GetParameterCommand, type SSMClient } from '@aws-sdk/client-ssm';
import { PerennialError } from '../../foundation/common/perennial-error.ts';
import { errorName, errorText } from './error-name.ts';

export class ParameterError extends PerennialError<'parameter-unavailable'> {
  override readonly name = 'ParameterError';

  constructor(attempt: string, cause: unknown) {
    super('parameter-unavailable', { seen: `could not ${attempt}: ${errorText(cause)}`, cause });
  }
}

/** The SecureStrings in SSM Parameter Store that had the ACME accounts before the bucket. */
export class ParameterStore {
  readonly #ssm: SSMClient;

  constructor(ssm: SSMClient) {
    this.#ssm = ssm;
  }

  /** `undefined` when there is none. */
  get(name: string): Promise<string | undefined> {
    return this.#ifThere(`read the parameter ${name}`, async () => {
      const answer = await this.#ssm.send(new GetParameterCommand({ Name: name, WithDecryption: true }));
      return answer.Parameter?.Value;
    });
  }

  /** Absent already is done. */
  async remove(name: string): Promise<void> {
    const command = new DeleteParameterCommand({ Name: name });
    await this.#ifThere(`remove the parameter ${name}`, () => this.#ssm.send(command));
  }

  /** `undefined` when SSM knows no such parameter. */
  async #ifThere<T>(attempt: string, call: () => Promise<T>): Promise<T | undefined> {
    try {
      return await call();
    } catch (cause) {
      if (errorName(cause) === 'ParameterNotFound') return undefined;
      throw new ParameterError(attempt, cause);
    }
  }
}
