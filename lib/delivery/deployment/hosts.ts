import type { HostGroup } from '../../foundation/certificate/host-group.ts';
import { PerennialError } from '../../foundation/common/perennial-error.ts';
import type { SYSTEMS_MANAGER } from '../../foundation/reasons/deployments.ts';

export interface Host {
  instanceId: string;
  online: boolean;
  /** The SSM agent's, such as `3.3.2746.0`, if SSM knows it. */
  agentVersion?: string | undefined;
}

/** One host's part of a command; `output` is what the script printed. */
export interface Invocation {
  commandId: string;
  instanceId: string;
  status: 'waiting' | 'success' | 'failed';
  /** The command's host group; `undefined` for a command that is not ours. */
  group: string | undefined;
  /** When the command was requested or, of another function's, began on the host; by SSM's clock, if SSM says it. */
  requestedAt?: Date | undefined;
  /** SSM's `StatusDetails`. */
  statusDetails: string;
  output: string;
}

/** One command. SSM sends it in waves, and stops when more than `allowedErrors` hosts have failed. */
export interface Installation {
  group: HostGroup;
  /** No more than fit one command. */
  names: readonly string[];
  /** Over 50, the command goes to all hosts of the group. */
  instanceIds: readonly string[];
  allowedErrors: number;
}

/** A run of a group's association on one host, which installs what the group's list has. */
export interface AssociationRun {
  group: string;
  invocation: Invocation;
}

/** The fleet, through SSM. Errors are {@link HostsError}. */
export interface Hosts {
  /** Every host that carries the group's tag, over all pages. */
  inGroup(group: string): Promise<Host[]>;
  /** Sends the command; its id. */
  install(request: Installation): Promise<string>;
  /** The certificates of one of our commands. */
  namesSent(commandId: string): Promise<string[]>;
  invocation(commandId: string, instanceId: string): Promise<Invocation>;
  /** The newest run that has ended; `undefined` where there is none, or the association is not ours. */
  associationRun(associationId: string, instanceId: string): Promise<AssociationRun | undefined>;
}

export class HostsError extends PerennialError<keyof typeof SYSTEMS_MANAGER> {
  override readonly name = 'HostsError';
}

/** What carries the tag of a group, whether or not Systems Manager manages it. */
export interface TaggedInstances {
  /** The ids of the EC2 instances, sorted; one that was terminated may be among them for a while. */
  inGroup(group: string): Promise<string[]>;
}
