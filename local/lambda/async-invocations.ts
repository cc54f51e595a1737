import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Forward } from '../gateway/request.ts';
import { type DeployedFunction, lambdaRequest } from './deployed-function.ts';
import type { Functions } from './functions.ts';
import type { InvocationResult } from './invocation.ts';

export interface AsyncInvocationsOptions {
  functions: Functions;
  forward: Forward;
  /** between the attempts; Lambda waits one minute, then two */
  retryDelaysMs?: number[] | undefined;
  /** delivers to the function's on-failure destination */
  send: (destinationArn: string, body: string) => Promise<void>;
  onLine: (functionName: string, line: string) => void;
}

const LAMBDA_RETRY_DELAYS_MS = [60_000, 120_000];

/**
 * Invocations that nobody waits for: two further attempts after a function error, then the
 * on-failure destination, as configured with PutFunctionEventInvokeConfig.
 * Source: AWS, "How Lambda handles errors and retries with asynchronous invocation".
 */
export class AsyncInvocations {
  readonly #options: AsyncInvocationsOptions;
  readonly #stopping = new AbortController();
  #pending = 0;

  constructor(options: AsyncInvocationsOptions) {
    this.#options = options;
  }

  /** How many are not finished, those between two attempts included. */
  get pending(): number {
    return this.#pending;
  }

  /** Takes an invocation and returns at once. */
  accept(deployed: DeployedFunction, payload: string): void {
    this.#pending += 1;
    this.#attempt(deployed, payload)
      .catch((error) => {
        if (!this.#stopping.signal.aborted) this.#options.onLine(deployed.name, `local cloud: ${error}`);
      })
      .finally(() => {
        this.#pending -= 1;
      });
  }

  stop(): void {
    this.#stopping.abort();
  }

  async #attempt(deployed: DeployedFunction, payload: string): Promise<void> {
    const config = await this.#eventInvokeConfig(deployed.name);
    const delays = this.#options.retryDelaysMs ?? LAMBDA_RETRY_DELAYS_MS;
    let result = await this.#options.functions.invoke(deployed.name, payload);
    let attempts = 1;
    while (result.functionError && attempts <= (config.MaximumRetryAttempts ?? delays.length)) {
      await sleep(delays[attempts - 1] ?? delays.at(-1) ?? 0, undefined, { signal: this.#stopping.signal });
      result = await this.#options.functions.invoke(deployed.name, payload);
      attempts += 1;
    }
    const destination = config.DestinationConfig?.OnFailure?.Destination;
    if (result.functionError && destination) {
      await this.#options.send(destination, failureRecord(deployed, payload, { result, attempts }));
    }
  }

  async #eventInvokeConfig(name: string): Promise<EventInvokeConfig> {
    const path = `/2019-09-25/functions/${encodeURIComponent(name)}/event-invoke-config`;
    const answer = await this.#options.forward(lambdaRequest('GET', path));
    return answer.status === 200 ? JSON.parse(answer.body.toString()) : {};
  }
}

interface EventInvokeConfig {
  MaximumRetryAttempts?: number;
  DestinationConfig?: { OnFailure?: { Destination?: string } };
}

function failureRecord(
  deployed: DeployedFunction,
  payload: string,
  { result, attempts }: { result: InvocationResult; attempts: number },
): string {
  return JSON.stringify({
    version: '1.0',
    timestamp: new Date().toISOString(),
    requestContext: {
      requestId: randomUUID(),
      functionArn: `${deployed.arn}:$LATEST`,
      condition: 'RetriesExhausted',
      approximateInvokeCount: attempts,
    },
    requestPayload: JSON.parse(payload),
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: JSON.parse(result.payload),
  });
}
