import type { Invocation as HostInvocation, Installation } from '../../../lib/delivery/deployment/hosts.ts';
import { DAY } from '../engine/durations.ts';
import type { Scheduler } from '../engine/scheduler.ts';

/** How a command ended on one host. */
export type CommandEnd = Omit<HostInvocation, 'commandId' | 'instanceId' | 'group'>;

export interface Command {
  id: string;
  request: Installation;
  ends: Map<string, CommandEnd>;
  at: number;
}

/** What Systems Manager knows of the commands of the last 30 days. */
export class Commands {
  readonly #commands = new Map<string, Command>();
  readonly #scheduler: Scheduler;
  #sent = 0;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  add(request: Installation): Command {
    const { now } = this.#scheduler;
    this.#sent += 1;
    const command: Command = { id: `command-${this.#sent}`, request, ends: new Map(), at: now };
    this.#commands.set(command.id, command);
    for (const [old, { at }] of this.#commands) {
      if (at + 30 * DAY > now) break;
      this.#commands.delete(old);
    }
    return command;
  }

  namesSent(commandId: string): string[] {
    return [...(this.#commands.get(commandId)?.request.names ?? [])];
  }

  invocation(commandId: string, instanceId: string): HostInvocation {
    const command = this.#commands.get(commandId);
    const end = command?.ends.get(instanceId) ?? {
      status: 'waiting' as const,
      statusDetails: 'Pending',
      output: '',
    };
    const requestedAt = command && new Date(command.at);
    return { commandId, instanceId, requestedAt, group: command?.request.group.name, ...end };
  }
}
