import type { EmitEvent } from '../gateway/request.ts';
import type { Hosts } from '../hosts/hosts.ts';
import {
  type Command,
  countOf,
  hasEnded,
  type Invocation,
  type Status,
  type StatusDetails,
} from './command.ts';
import { deliver, type Ending, runSteps } from './run-invocation.ts';
import { associationEvent, commandEvent, invocationEvent } from './status-events.ts';

export interface CommandsOptions {
  hosts: Hosts;
  emit: EmitEvent;
  /** In place of a command's own TimeoutSeconds, of which AWS takes no less than 30. */
  deliveryLimitMs?: number | undefined;
}

/** Hosts that run a script at the same time: more would take each other's processor time until their own waits run out. */
const MOST_AT_ONCE = 8;

/** The commands that were sent, and their running on the hosts. */
export class Commands {
  readonly #options: CommandsOptions;
  readonly #commands = new Map<string, Command>();
  readonly #running = new Set<Promise<void>>();

  constructor(options: CommandsOptions) {
    this.#options = options;
  }

  get(id: string): Command | undefined {
    return this.#commands.get(id);
  }

  /** The newest first. */
  all(): Command[] {
    return [...this.#commands.values()].reverse();
  }

  /** How many commands have not ended. */
  get running(): number {
    return this.#running.size;
  }

  start(command: Command): void {
    this.#commands.set(command.id, command);
    const run = this.#run(command).finally(() => this.#running.delete(run));
    this.#running.add(run);
  }

  /** Stops what runs and keeps what waits from being sent. */
  cancel(command: Command, instanceIds: string[] = []): void {
    for (const invocation of command.invocations) {
      if (instanceIds.length === 0 || instanceIds.includes(invocation.instanceId)) invocation.cancel.abort();
    }
  }

  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  async stop(): Promise<void> {
    for (const command of this.#commands.values()) this.cancel(command);
    await this.idle();
  }

  async #run(command: Command): Promise<void> {
    const waiting = [...command.invocations];
    const hosts = waiting.length;
    const allowedErrors = countOf(command.maxErrors, hosts);
    await this.#change(command, ['InProgress', 'InProgress']);
    const work = async () => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const stopped = errorsOf(command) > allowedErrors;
        if (stopped) await this.#changeInvocation(command, next, ['Cancelled', 'Terminated']);
        else await this.#runInvocation(command, next);
      }
    };
    const lanes = Math.max(1, Math.min(hosts, countOf(command.maxConcurrency, hosts), MOST_AT_ONCE));
    await Promise.all(Array.from({ length: lanes }, work));
    await this.#change(command, endingOf(command, allowedErrors));
  }

  async #runInvocation(command: Command, invocation: Invocation): Promise<void> {
    const host = this.#options.hosts.get(invocation.instanceId);
    const { signal } = invocation.cancel;
    const limitMs = this.#options.deliveryLimitMs ?? command.timeoutSeconds * 1000;
    if (!host || !(await deliver(host, limitMs, signal))) {
      const ending: Ending = signal.aborted ? ['Cancelled', 'Cancelled'] : ['TimedOut', 'DeliveryTimedOut'];
      return this.#changeInvocation(command, invocation, ending);
    }
    invocation.startedAt = new Date();
    await this.#changeInvocation(command, invocation, ['InProgress', 'InProgress']);
    const ending = await runSteps(command, invocation, host);
    invocation.endedAt = new Date();
    await this.#changeInvocation(command, invocation, ending);
  }

  async #change(command: Command, ending: Ending): Promise<void> {
    setStatus(command, ending);
    if (command.associationId === undefined) await this.#options.emit(commandEvent(command));
  }

  async #changeInvocation(command: Command, invocation: Invocation, ending: Ending): Promise<void> {
    setStatus(invocation, ending);
    const eventOf = command.associationId === undefined ? invocationEvent : associationEvent;
    await this.#options.emit(eventOf(command, invocation));
  }
}

function setStatus(one: { status: Status; statusDetails: StatusDetails }, [status, details]: Ending): void {
  one.status = status;
  one.statusDetails = details;
}

/** A host that was not reached is no error. Source: "Understanding command statuses", Delivery Timed Out. */
function errorsOf(command: Command): number {
  return command.invocations.filter(
    ({ status, statusDetails }) => status === 'Failed' || statusDetails === 'ExecutionTimedOut',
  ).length;
}

function endingOf(command: Command, allowedErrors: number): Ending {
  const { invocations } = command;
  const every = (details: StatusDetails) => invocations.every((one) => one.statusDetails === details);
  if (invocations.length === 0) return ['Success', 'NoInstancesInTag'];
  if (every('Success')) return ['Success', 'Success'];
  if (every('Cancelled')) return ['Cancelled', 'Cancelled'];
  if (every('DeliveryTimedOut')) return ['TimedOut', 'DeliveryTimedOut'];
  if (every('ExecutionTimedOut')) return ['TimedOut', 'ExecutionTimedOut'];
  if (errorsOf(command) > allowedErrors) return ['Failed', 'Failed'];
  return ['Failed', 'Incomplete'];
}

export function countEnded(command: Command): {
  targets: number;
  completed: number;
  errors: number;
  deliveryTimedOut: number;
} {
  return {
    targets: command.invocations.length,
    completed: command.invocations.filter(hasEnded).length,
    errors: errorsOf(command),
    deliveryTimedOut: command.invocations.filter((one) => one.statusDetails === 'DeliveryTimedOut').length,
  };
}
