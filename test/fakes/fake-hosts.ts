import type { HostGroup } from '../../lib/core/host-group.ts';
import type { Host, Hosts, Invocation } from '../../lib/ports/hosts.ts';

interface Command {
  group: HostGroup;
  names: readonly string[];
  instanceIds: readonly string[];
}

/** A fleet in memory; each host reports what `reports` says of it, by default that it serves all it was sent. */
export class FakeHosts implements Hosts {
  readonly groups = new Map<string, Host[]>();
  readonly commands: Command[] = [];
  /** The end of a command on a host. */
  reports: (
    instanceId: string,
    names: readonly string[],
  ) => Pick<Invocation, 'status' | 'statusDetails' | 'output'> = (_, names) =>
    reportOf(names.map((name) => ({ name, version: 'v2', outcome: 'served' })));
  /** Runs before each question for a group; throws to let it fail. */
  before: (group: string) => void = () => {};

  async inGroup(group: string): Promise<Host[]> {
    this.before(group);
    return this.groups.get(group) ?? [];
  }

  async install(command: Command): Promise<string[]> {
    this.commands.push(command);
    return [`c${this.commands.length}`];
  }

  async invocation(commandId: string, instanceId: string): Promise<Invocation> {
    const command = this.commands[Number(commandId.slice(1)) - 1];
    const ended = this.reports(instanceId, command?.names ?? []);
    return { commandId, instanceId, group: command?.group.name, ...ended };
  }
}

export function reportOf(results: object[]): Pick<Invocation, 'status' | 'statusDetails' | 'output'> {
  return { status: 'success', statusDetails: 'Success', output: JSON.stringify({ perennial: 1, results }) };
}
