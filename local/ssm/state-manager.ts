import { randomUUID } from 'node:crypto';
import type { Host } from '../hosts/host.ts';
import type { Hosts } from '../hosts/hosts.ts';
import { type Command, createCommand } from './command.ts';
import type { Commands } from './commands.ts';
import type { DeployedAssociation } from './deployed-associations.ts';
import { type CommandDocument, checkParameters } from './document.ts';
import { isTarget } from './send-command.ts';

export interface StateManagerOptions {
  hosts: Hosts;
  commands: Commands;
  /** what is deployed now */
  deployed: () => Promise<DeployedAssociation[]>;
  document: (name: string) => Promise<CommandDocument>;
}

export interface Association extends DeployedAssociation {
  id: string;
}

/** One execution of an association; its command has a part for each host. */
export interface Execution {
  id: string;
  associationId: string;
  createdAt: Date;
  command: Command;
}

/** A document's own step limit ends a run; nobody waits for a host that is offline. */
const TIMEOUT_SECONDS = 3600;

/**
 * Runs the deployed associations: when one is made or changed, on a host that registers, and when its interval is over, which
 * here somebody says. Source: Systems Manager user guide, "Understanding targets and rate controls in State Manager associations".
 */
export class StateManager {
  readonly #options: StateManagerOptions;
  readonly #associations = new Map<string, Association>();
  readonly #executions: Execution[] = [];

  constructor(options: StateManagerOptions) {
    this.#options = options;
  }

  association(id: string): Association | undefined {
    return [...this.#associations.values()].find((association) => association.id === id);
  }

  /** In an order that nobody promises. */
  executions(associationId: string): Execution[] {
    return this.#executions.filter((execution) => execution.associationId === associationId);
  }

  /** Takes over what is deployed, and runs what is new or changed on all hosts that it targets. */
  async refresh(): Promise<void> {
    const deployed = await this.#options.deployed();
    for (const key of this.#associations.keys())
      if (!deployed.some((one) => one.key === key)) this.#associations.delete(key);
    for (const one of deployed) {
      const { id = randomUUID(), ...before } = this.#associations.get(one.key) ?? {};
      if (JSON.stringify(before) === JSON.stringify(one)) continue;
      const association = { id, ...one };
      this.#associations.set(one.key, association);
      await this.#run(association, this.#options.hosts.all());
    }
  }

  /** Runs on a host that has just registered with Systems Manager. */
  async register(host: Host): Promise<void> {
    for (const association of this.#associations.values()) await this.#run(association, [host]);
  }

  /** The interval of every association is over. */
  async runAll(): Promise<void> {
    for (const association of this.#associations.values())
      await this.#run(association, this.#options.hosts.all());
  }

  async #run(association: Association, hosts: readonly Host[]): Promise<void> {
    const { targets, documentName, maxConcurrency, maxErrors } = association;
    const there = hosts.filter((host) => host.online && targets.every((target) => isTarget(host, target)));
    if (there.length === 0) return;
    const document = await this.#options.document(documentName);
    const parameters = checkParameters(document, association.parameters);
    const request = { documentName, document, parameters, targets, maxConcurrency, maxErrors };
    const command = createCommand(
      { ...request, comment: '', instanceIds: [], timeoutSeconds: TIMEOUT_SECONDS },
      there.map(({ id }) => id),
    );
    command.associationId = association.id;
    const execution = { id: randomUUID(), associationId: association.id, createdAt: new Date(), command };
    this.#executions.push(execution);
    this.#options.commands.start(command);
  }
}
