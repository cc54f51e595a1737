import type { EventBridgeClient, Target } from '@aws-sdk/client-eventbridge';
import { type BusEvent, busEvent } from './event.ts';
import { matchesPattern } from './pattern.ts';
import { type DeployedRule, readRules } from './rules.ts';
import { targetInput } from './target-input.ts';

export interface EventBusesOptions {
  client: EventBridgeClient;
  /** delivers to a queue or a function by its ARN, if that lets the rule `onBehalfOf` do so */
  deliver: (arn: string, body: string, onBehalfOf?: string) => Promise<void>;
  /** told what could not be delivered; EventBridge itself drops it silently without a dead-letter queue */
  onUndelivered: (line: string) => void;
}

/** Routes events to the targets of the deployed rules, at once. */
export class EventBuses {
  readonly #options: EventBusesOptions;
  #rules: Promise<DeployedRule[]> | undefined;
  #pending = 0;

  constructor(options: EventBusesOptions) {
    this.#options = options;
  }

  /** How many events are on their way to targets. */
  get pending(): number {
    return this.#pending;
  }

  /** Forgets the rules it knows; they are read again for the next event. */
  forget(): void {
    this.#rules = undefined;
  }

  /** Reads the rules ahead of the first event. */
  async prepare(): Promise<void> {
    await this.#readRules();
  }

  /** Sends an event to the targets of every matching rule of a bus. Resolves when it was handed over; never rejects. */
  async route(event: BusEvent, bus = 'default'): Promise<void> {
    await this.#whilePending(async () => {
      const rules = await this.#readRules();
      const matching = rules.filter((rule) => rule.bus === bus && matches(rule, event, this.#options));
      await Promise.all(matching.map((rule) => this.#toTargets(rule, event)));
    }).catch((error) => this.#options.onUndelivered(`${event['detail-type']}: ${error}`));
  }

  /** Does what the schedules with matching expressions do when their time has come. Throws when none matches. */
  async fireSchedule(match: (expression: string) => boolean): Promise<void> {
    const rules = await this.#readRules();
    const due = rules.filter(({ schedule }) => schedule !== undefined && match(schedule));
    if (due.length === 0) {
      const known = rules.flatMap(({ schedule }) => schedule ?? []).join(', ');
      throw new Error(`no enabled rule has such a schedule; there are: ${known || 'none'}`);
    }
    await this.#whilePending(() =>
      Promise.all(due.map((rule) => this.#toTargets(rule, scheduledEvent(rule)))),
    );
  }

  #readRules(): Promise<DeployedRule[]> {
    if (this.#rules) return this.#rules;
    const reading = readRules(this.#options.client);
    this.#rules = reading;
    reading.catch(() => this.forget());
    return reading;
  }

  async #toTargets(rule: DeployedRule, event: BusEvent): Promise<void> {
    await Promise.all(rule.targets.map((target) => this.#toTarget(rule, target, event)));
  }

  async #toTarget(rule: DeployedRule, target: Target, event: BusEvent): Promise<void> {
    const input = targetInput(target, event);
    try {
      await this.#options.deliver(target.Arn ?? '', input, rule.arn);
    } catch (error) {
      this.#options.onUndelivered(`${rule.name} -> ${target.Arn}: ${error}`);
      const deadLetters = target.DeadLetterConfig?.Arn;
      if (deadLetters) await this.#options.deliver(deadLetters, input, rule.arn);
    }
  }

  async #whilePending(work: () => Promise<unknown>): Promise<void> {
    this.#pending += 1;
    try {
      await work();
    } finally {
      this.#pending -= 1;
    }
  }
}

function matches(rule: DeployedRule, event: BusEvent, { onUndelivered }: EventBusesOptions): boolean {
  try {
    return rule.pattern !== undefined && matchesPattern(rule.pattern, event);
  } catch (error) {
    onUndelivered(`${rule.name}: ${error}`);
    return false;
  }
}

function scheduledEvent(rule: DeployedRule): BusEvent {
  return busEvent({ source: 'aws.events', detailType: 'Scheduled Event', detail: {}, resources: [rule.arn] });
}
