import type { HostGroup } from '../../foundation/certificate/host-group.ts';
import { PerennialError } from '../../foundation/common/perennial-error.ts';
import type { SYSTEMS_MANAGER } from '../../foundation/reasons/deployments.ts';

export interface Host {
  instanceId: string;
  online: boolean;
  /** The SSM agent's version, such as `3.3.2746.0`; `undefined` when SSM does not tell it. */
  agentVersion?: string | undefined;
}

/** One host's part of a command; `output` is what the script printed. */
export interface Invocation {
  commandId: string;
  instanceId: string;
  status: 'waiting' | 'success' | 'failed';
  /** The host group that the command was for; `undefined` when the command is none of ours. */
  group: string | undefined;
  /** SSM's own word for the status. */
  statusDetails: string;
  output: string;
}

/** One command. It goes out in waves, and stops when more hosts have failed than are allowed to. */
export interface Installation {
  group: HostGroup;
  /** At most what fits one command. */
  names: readonly string[];
  /** Over 50, the command goes to all hosts of the group. */
  instanceIds: readonly string[];
  allowedErrors: number;
}

/** The fleet, through SSM. Errors are {@link HostsError}. */
export interface Hosts {
  /** Every host that carries the group's tag, over all pages. */
  inGroup(group: string): Promise<Host[]>;
  /** Starts the installation; the id of the command. */
  install(request: Installation): Promise<string>;
  /** The certificates that a command of ours is about. */
  namesSent(commandId: string): Promise<string[]>;
  invocation(commandId: string, instanceId: string): Promise<Invocation>;
}

export class HostsError extends PerennialError<keyof typeof SYSTEMS_MANAGER> {
  override readonly name = 'HostsError';
}
