import type {
  AssociationRun,
  Host,
  Hosts,
  Installation,
  Invocation,
} from '../../lib/delivery/deployment/hosts.ts';

/** A fleet in memory; each host reports what `reports` says of it, by default that it serves all it was sent. */
export class FakeHosts implements Hosts {
  readonly groups = new Map<string, Host[]>();
  readonly commands: Installation[] = [];
  /** The end of a command on a host. */
  reports: (
    instanceId: string,
    names: readonly string[],
  ) => Pick<Invocation, 'status' | 'statusDetails' | 'output'> = (_, names) =>
    reportOf(names.map((name) => ({ name, version: 'v2', outcome: 'served' })));
  /** Of an association's newest run on a host, its group and what it printed. */
  associations = new Map<string, AssociationRun>();
  /** Runs before each question for a group; throws to let it fail. */
  before: (group: string) => void = () => {};

  async inGroup(group: string): Promise<Host[]> {
    this.before(group);
    return this.groups.get(group) ?? [];
  }

  async install(command: Installation): Promise<string> {
    this.commands.push(command);
    return `c${this.commands.length}`;
  }

  async namesSent(commandId: string): Promise<string[]> {
    return [...(this.#command(commandId)?.names ?? [])];
  }

  async invocation(commandId: string, instanceId: string): Promise<Invocation> {
    const command = this.#command(commandId);
    const ended = this.reports(instanceId, command?.names ?? []);
    return { commandId, instanceId, group: command?.group.name, ...ended };
  }

  async associationRun(associationId: string, instanceId: string): Promise<AssociationRun | undefined> {
    return this.associations.get(`${associationId} ${instanceId}`);
  }

  #command(commandId: string): Installation | undefined {
    return this.commands[Number(commandId.slice(1)) - 1];
  }
}

export function reportOf(results: object[]): Pick<Invocation, 'status' | 'statusDetails' | 'output'> {
  return { status: 'success', statusDetails: 'Success', output: JSON.stringify({ perennial: 1, results }) };
}
