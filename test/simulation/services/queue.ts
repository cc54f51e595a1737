import { DAY, MINUTE } from '../engine/durations.ts';
import type { Scheduler } from '../engine/scheduler.ts';

export interface Message {
  body: unknown;
  sent: number;
  received: number;
}

export interface QueueSettings {
  name: string;
  visibilityMs: number;
  concurrency: number;
  batchSize: number;
  windowMs: number;
  /** Whether the function looks into it by itself, and goes on until nothing is left; `windowMs` is between two looks then. */
  looks?: boolean;
  /** Whether a poller gets a part of what is there, and another one the rest at the same time. */
  splits?: () => boolean;
  /** Runs the function with a batch; tells whether each message was handled, or nothing when the run died. */
  handle: (messages: readonly Message[], done: (failed: readonly Message[]) => void) => void;
}

const RETENTION = 4 * DAY;
const MOST_RECEIVED = 5;

/** A queue with its poller and its dead letters: at least once, in no order, five times. */
export class Queue {
  readonly settings: QueueSettings;
  readonly #scheduler: Scheduler;
  readonly #ready: Message[] = [];
  #hidden = 0;
  #running = 0;
  #isGathering = false;
  readonly dead: Message[] = [];
  readonly onSent: ((body: unknown) => void)[] = [];
  readonly onDead: ((message: Message) => void)[] = [];
  readonly onRedriven: (() => void)[] = [];

  constructor(scheduler: Scheduler, settings: QueueSettings) {
    this.#scheduler = scheduler;
    this.settings = settings;
  }

  /** Nothing is worked on, and nothing will be before a message is visible again. */
  get isIdle(): boolean {
    return this.#ready.length === 0 && this.#running === 0;
  }

  send(body: unknown): void {
    for (const hear of this.onSent) hear(body);
    this.#ready.push({ body, sent: this.#scheduler.now, received: 0 });
    this.#gather();
  }

  /** By hand, back from the dead letters. */
  redrive(): void {
    if (this.dead.length === 0) return;
    for (const message of this.dead.splice(0))
      this.#ready.push({ ...message, received: 0, sent: this.#scheduler.now });
    for (const hear of this.onRedriven) hear();
    this.#gather();
  }

  #gather(windowMs = this.settings.windowMs): void {
    if (this.#isGathering || this.#ready.length === 0 || this.#running >= this.settings.concurrency) return;
    this.#isGathering = true;
    this.#scheduler.after(windowMs, `sqs ${this.settings.name}`, () => {
      this.#isGathering = false;
      this.#take();
      this.#gather();
    });
  }

  #take(): void {
    const isSplit = this.#ready.length > 1 && this.settings.splits?.() === true;
    const size = Math.min(this.settings.batchSize, this.#ready.length);
    if (isSplit) this.#takeRest();
    const batch = this.#ready
      .splice(0, isSplit ? Math.ceil(size / 2) : size)
      .filter(({ sent }) => sent + RETENTION > this.#scheduler.now);
    if (batch.length === 0) return;
    this.#running += 1;
    this.#hidden += batch.length;
    let isOpen = true;
    const end = (failed: readonly Message[]) => {
      if (!isOpen) return;
      isOpen = false;
      for (const message of failed) this.#again(message);
      this.#hidden -= batch.length;
      if (!this.settings.looks || failed.length > 0) this.#gather();
    };
    // A message that nobody has deleted is visible again when its time is up.
    this.#scheduler.after(this.settings.visibilityMs, `sqs ${this.settings.name} visible`, () => end(batch));
    this.settings.handle(batch, (failed) => {
      this.#running -= 1;
      // Those that failed are hidden until then, and the others are gone.
      const gone = batch.filter((message) => !failed.includes(message));
      batch.splice(0, batch.length, ...failed);
      this.#hidden -= gone.length;
      if (failed.length === 0) end([]);
      this.#gather(this.settings.looks ? 20 : undefined);
    });
  }

  #takeRest(): void {
    this.#scheduler.after(20, `sqs ${this.settings.name} other poller`, () => {
      if (this.#running < this.settings.concurrency) this.#take();
    });
  }

  #again({ body, sent, received }: Message): void {
    const message = { body, sent, received: received + 1 };
    if (message.received < MOST_RECEIVED) this.#ready.push(message);
    else {
      this.dead.push(message);
      for (const hear of this.onDead) hear(message);
    }
  }
}

/** resources/queues.yml, files.yml, notices.yml, acm.yml and probe.yml, as far as time is concerned. */
export const QUEUES = {
  files: { visibilityMs: 90 * MINUTE, concurrency: 1, batchSize: 100, windowMs: MINUTE, looks: true },
  renew: { visibilityMs: 84 * MINUTE, concurrency: 2, batchSize: 1, windowMs: 200 },
  deploy: { visibilityMs: 30 * MINUTE, concurrency: 2, batchSize: 1, windowMs: 200 },
  confirm: { visibilityMs: 6 * MINUTE, concurrency: 1, batchSize: 1, windowMs: 2 * MINUTE, looks: true },
  acm: { visibilityMs: 12 * MINUTE, concurrency: 1, batchSize: 1, windowMs: 2 * MINUTE, looks: true },
  probe: { visibilityMs: 30 * MINUTE, concurrency: 1, batchSize: 1, windowMs: 5 * MINUTE, looks: true },
  notify: { visibilityMs: 7 * MINUTE, concurrency: 2, batchSize: 100, windowMs: MINUTE, looks: true },
} as const;
export type QueueName = keyof typeof QUEUES;
