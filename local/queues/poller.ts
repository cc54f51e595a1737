import { setTimeout as sleep } from 'node:timers/promises';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import { ThrottledError } from '../lambda/functions.ts';
import type { InvocationResult } from '../lambda/invocation.ts';
import { failedMessages } from './batch-failures.ts';
import type { QueueMapping } from './mappings.ts';
import { LOOK_AGAIN_MS, LOOK_AGAIN_WHEN_EMPTY_MS, Pause } from './pause.ts';
import { sqsEvent } from './sqs-event.ts';

export interface PollerOptions {
  sqs: SQSClient;
  queueUrl: string;
  mapping: QueueMapping;
  /** how many messages the queue holds: visible, in flight or delayed */
  depth: () => Promise<number>;
  invoke: (functionArn: string, payload: string) => Promise<InvocationResult>;
  /** after a failure messages are seen again after this time; by default after the queue's visibility timeout */
  retryAfterMs: number | undefined;
  /** told which messages were received */
  onReceived?: (ids: readonly string[]) => void;
  /** how long a message is hidden that was received */
  visibilityMs: () => Promise<number>;
  onError: (line: string) => void;
}

/** Between tries of a batch for which there is no execution. */
const THROTTLED_MS = 100;

/** Feeds a function from a queue as Lambda's event source mapping does. */
export class Poller {
  readonly #options: PollerOptions;
  readonly #stopping = new AbortController();
  readonly #loop: Promise<void>;
  readonly #batches = new Set<Promise<void>>();
  readonly #pause = new Pause();

  constructor(options: PollerOptions) {
    this.#options = options;
    this.#loop = this.#poll();
  }

  get mapping(): QueueMapping {
    return this.#options.mapping;
  }

  /** How many batches the function works on. */
  get inFlight(): number {
    return this.#batches.size;
  }

  /** Looks into the queue now: a message was just sent. */
  wake(): void {
    this.#pause.wake();
  }

  /** Takes no further messages and returns; batches under way go on. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#pause.wake();
    await this.#loop;
  }

  async #poll(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      this.#pause.begin();
      const isFull = this.#batches.size >= this.mapping.maximumConcurrency;
      const messages = isFull ? [] : await this.#receive();
      if (messages.length > 0) this.#start(messages);
      else await this.#rest();
    }
  }

  async #receive(): Promise<Message[]> {
    const query = new ReceiveMessageCommand({
      QueueUrl: this.#options.queueUrl,
      MaxNumberOfMessages: this.mapping.batchSize,
      MessageSystemAttributeNames: ['All'],
      MessageAttributeNames: ['All'],
      WaitTimeSeconds: 0,
    });
    try {
      return (await this.#options.sqs.send(query)).Messages ?? [];
    } catch (error) {
      if (!this.#stopping.signal.aborted) this.#options.onError(`${this.mapping.queueArn}: ${error}`);
      return [];
    }
  }

  async #rest(): Promise<void> {
    const isEmpty = (await this.#options.depth().catch(() => 1)) === 0;
    await this.#pause.rest(isEmpty ? LOOK_AGAIN_WHEN_EMPTY_MS : LOOK_AGAIN_MS);
  }

  #start(messages: Message[]): void {
    const batch = this.#process(messages)
      .catch((error) => this.#options.onError(`${this.mapping.functionArn}: ${error}`))
      .finally(() => {
        this.#batches.delete(batch);
        this.wake();
      });
    this.#batches.add(batch);
  }

  async #process(messages: Message[]): Promise<void> {
    const { queueArn, functionArn, reportsItemFailures } = this.mapping;
    const ids = messages.map(({ MessageId = '' }) => MessageId);
    this.#options.onReceived?.(ids);
    const failed = await this.#invokeUnthrottled(sqsEvent(queueArn, messages)).then(
      (result) => failedMessages(result, ids, reportsItemFailures),
      (error) => {
        this.#options.onError(`${functionArn}: ${error}`);
        return new Set(ids);
      },
    );
    await Promise.all(
      messages.map((message) =>
        failed.has(message.MessageId ?? '') ? this.#keep(message) : this.#delete(message),
      ),
    );
  }

  /**
   * A batch for which there is no execution is tried again as long as its messages are hidden; then they are visible by
   * themselves. Source: AWS, "Using Lambda with Amazon SQS", on the visibility timeout.
   */
  async #invokeUnthrottled(payload: string): Promise<InvocationResult> {
    const { invoke, visibilityMs } = this.#options;
    const began = performance.now();
    let until: number | undefined;
    for (;;) {
      try {
        return await invoke(this.mapping.functionArn, payload);
      } catch (error) {
        if (!(error instanceof ThrottledError)) throw error;
        until ??= began + (await visibilityMs());
        if (this.#stopping.signal.aborted || performance.now() > until) throw error;
      }
      await sleep(THROTTLED_MS);
    }
  }

  async #delete({ ReceiptHandle }: Message): Promise<void> {
    await this.#options.sqs.send(
      new DeleteMessageCommand({ QueueUrl: this.#options.queueUrl, ReceiptHandle }),
    );
  }

  async #keep({ ReceiptHandle }: Message): Promise<void> {
    const { retryAfterMs, queueUrl: QueueUrl, sqs } = this.#options;
    if (retryAfterMs === undefined) return;
    const VisibilityTimeout = Math.ceil(retryAfterMs / 1000);
    await sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout }));
  }
}
