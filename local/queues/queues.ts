import type { LambdaClient } from '@aws-sdk/client-lambda';
import { GetQueueAttributesCommand, SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { actionOf } from '../gateway/action.ts';
import { jsonAnswer, jsonError } from '../gateway/answers.ts';
import type { AwsRequest, LocalService } from '../gateway/request.ts';
import { Looker } from './looker.ts';
import { type QueueMapping, readMappings } from './mappings.ts';
import { moveMessages } from './move-messages.ts';
import { Poller, type PollerOptions } from './poller.ts';
import { sooner } from './put-back.ts';
import { allowsRule } from './queue-policy.ts';
import { TakenMessages } from './taken.ts';

export interface QueuesOptions {
  motoUrl: string;
  sqs: SQSClient;
  lambda: LambdaClient;
  invoke: PollerOptions['invoke'];
  retryAfterMs?: number | undefined;
  onError: (line: string) => void;
}

/** The queues' way to the functions: sends messages and feeds the mapped functions with them, at once. */
export class Queues implements LocalService {
  readonly #options: QueuesOptions;
  /** Which queue each received message came from, by its id. */
  readonly #cameFrom = new Map<string, string>();
  readonly #taken = new TakenMessages();
  readonly #policies = new Map<string, Promise<string | undefined>>();
  #pollers: (Poller | Looker)[] = [];
  #refreshing: Promise<void> = Promise.resolve();

  constructor(options: QueuesOptions) {
    this.#options = options;
  }

  /** How many batches are with functions. */
  get inFlight(): number {
    return this.#pollers.reduce((sum, poller) => sum + poller.inFlight, 0);
  }

  /** Answers SQS requests with moto and looks into a queue as soon as a message was sent to it. */
  async handle(request: AwsRequest, forward: Parameters<LocalService['handle']>[1]) {
    if (actionOf(request).action === 'StartMessageMoveTask') return this.#move(request);
    const answer = await forward(sooner(request, this.#options.retryAfterMs));
    const { action } = actionOf(request);
    if (action === 'SetQueueAttributes') this.#policies.clear();
    if (action === 'ReceiveMessage')
      this.#received(queueNameOf(request), this.#taken.received(request, answer));
    if (/^DeleteMessage/.test(action)) this.#taken.deleted(request);
    if (/^(SendMessage|ChangeMessageVisibility)/.test(action)) this.#wake(queueNameOf(request));
    return answer;
  }

  /** Puts a message into a queue by its ARN; for a rule (its ARN) only if the queue's policy lets EventBridge do so. */
  async send(queueArn: string, body: string, ruleArn?: string): Promise<void> {
    if (ruleArn !== undefined && !allowsRule(await this.#policyOf(queueArn), { queueArn, ruleArn })) {
      throw new Error('the policy of the queue does not let EventBridge send for this rule');
    }
    const name = queueArn.split(':').at(-1) ?? '';
    await this.#options.sqs.send(
      new SendMessageCommand({ QueueUrl: this.#urlOf(queueArn), MessageBody: body }),
    );
    this.#wake(name);
  }

  async #move(request: AwsRequest) {
    try {
      return jsonAnswer(
        await moveMessages(this.#options.sqs, JSON.parse(request.body.toString()), this.#cameFrom),
      );
    } catch (error) {
      return jsonError('ResourceNotFoundException', String(error));
    } finally {
      for (const poller of this.#pollers) poller.wake();
    }
  }

  /** Polls for the mappings that are deployed now; what is under way goes on. */
  refresh(): Promise<void> {
    this.#policies.clear();
    const next = this.#refreshing.then(() => this.#replacePollers());
    this.#refreshing = next.catch(() => undefined);
    return next;
  }

  /** How many messages the mapped queues hold: visible, in flight or delayed. */
  async depth(): Promise<number> {
    const depths = await Promise.all(this.#pollers.map(({ mapping }) => this.#depthOf(mapping.queueArn)));
    return depths.reduce((sum, depth) => sum + depth, 0);
  }

  async stop(): Promise<void> {
    await this.#refreshing;
    await Promise.all(this.#pollers.map((poller) => poller.stop()));
  }

  async #replacePollers(): Promise<void> {
    const mappings = await readMappings(this.#options.lambda);
    const isSame = (poller: Poller | Looker) =>
      mappings.some((mapping) => JSON.stringify(mapping) === JSON.stringify(poller.mapping));
    const kept = this.#pollers.filter(isSame);
    await Promise.all(this.#pollers.filter((poller) => !isSame(poller)).map((poller) => poller.stop()));
    const added = mappings.filter(({ id }) => !kept.some((poller) => poller.mapping.id === id));
    this.#pollers = [
      ...kept,
      ...added.map((mapping) => (mapping.looks ? this.#look(mapping) : this.#poll(mapping))),
    ];
  }

  #look(mapping: QueueMapping): Looker {
    const { sqs, invoke, retryAfterMs, onError } = this.#options;
    const name = mapping.queueArn.split(':').at(-1) ?? '';
    const onEnd = async () => {
      if (retryAfterMs !== undefined) await this.#taken.putBack(sqs, name, retryAfterMs);
    };
    return new Looker({ mapping, invoke, onError, onEnd, counts: () => this.#countsOf(mapping.queueArn) });
  }

  #received(queueName: string, ids: readonly string[]): void {
    const found = this.#pollers.find(({ mapping }) => mapping.queueArn.endsWith(`:${queueName}`));
    if (found) for (const id of ids) this.#cameFrom.set(id, found.mapping.queueArn);
  }

  #poll(mapping: QueueMapping): Poller {
    const { sqs, invoke, retryAfterMs, onError } = this.#options;
    return new Poller({
      sqs,
      invoke,
      retryAfterMs,
      onError,
      mapping,
      onReceived: (ids) => {
        for (const id of ids) this.#cameFrom.set(id, mapping.queueArn);
      },
      queueUrl: this.#urlOf(mapping.queueArn),
      depth: () => this.#depthOf(mapping.queueArn),
      visibilityMs: () => this.#visibilityOf(mapping.queueArn),
    });
  }

  #policyOf(queueArn: string): Promise<string | undefined> {
    const known = this.#policies.get(queueArn);
    if (known) return known;
    const query = new GetQueueAttributesCommand({
      QueueUrl: this.#urlOf(queueArn),
      AttributeNames: ['Policy'],
    });
    const reading = this.#options.sqs.send(query).then(({ Attributes }) => Attributes?.Policy);
    this.#policies.set(queueArn, reading);
    reading.catch(() => this.#policies.delete(queueArn));
    return reading;
  }

  #wake(queueName: string): void {
    for (const poller of this.#pollers) {
      if (poller.mapping.queueArn.endsWith(`:${queueName}`)) poller.wake();
    }
  }

  async #depthOf(queueArn: string): Promise<number> {
    return (await this.#countsOf(queueArn)).all;
  }

  async #countsOf(queueArn: string): Promise<{ visible: number; all: number }> {
    const query = new GetQueueAttributesCommand({ QueueUrl: this.#urlOf(queueArn), AttributeNames: ['All'] });
    const { Attributes = {} } = await this.#options.sqs.send(query);
    const counts: Record<string, string | undefined> = Attributes;
    const [visible = 0, ...hidden] = ['', 'NotVisible', 'Delayed'].map((state) =>
      Number(counts[`ApproximateNumberOfMessages${state}`] ?? 0),
    );
    return { visible, all: hidden.reduce((sum, count) => sum + count, visible) };
  }

  async #visibilityOf(queueArn: string): Promise<number> {
    const query = new GetQueueAttributesCommand({
      QueueUrl: this.#urlOf(queueArn),
      AttributeNames: ['VisibilityTimeout'],
    });
    const { Attributes } = await this.#options.sqs.send(query);
    return Number(Attributes?.VisibilityTimeout ?? 30) * 1000;
  }

  #urlOf(queueArn: string): string {
    const [, , , , account, name] = queueArn.split(':');
    return `${this.#options.motoUrl}/${account}/${name}`;
  }
}

/** The queue that a request of either SQS protocol (JSON or query) names. */
function queueNameOf(request: AwsRequest): string {
  const body = request.body.toString();
  const isJson = request.headers['content-type']?.includes('json');
  const url = isJson ? JSON.parse(body).QueueUrl : new URLSearchParams(body).get('QueueUrl');
  return String(url ?? request.path)
    .split('/')
    .at(-1) as string;
}
