import { type Hosts, HostsError } from '../../../lib/delivery/deployment/hosts.ts';
import type { Calls } from '../engine/calls.ts';
import type { Invocation } from '../engine/invocation.ts';
import type { Fleet } from './fleet.ts';

/** The fleet as one run of a function has it. */
export function hostsFor(invocation: Invocation, { fleet, calls }: { fleet: Fleet; calls: Calls }): Hosts {
  const ask = <T>(what: string, effect: () => T) =>
    calls.make(invocation, {
      port: 'ssm',
      what: `ssm ${what}`,
      effect,
      trouble: () => new HostsError('hosts-unavailable', `could not ${what}: ThrottlingException`),
      latencyMs: 60,
    });
  return {
    inGroup: (group) =>
      ask(`hosts of ${group}`, () =>
        [...fleet.hosts.values()]
          .filter((host) => host.group === group)
          .map(({ instanceId, isOnline }) => ({ instanceId, online: isOnline }))
          .sort((a, b) => (a.instanceId < b.instanceId ? -1 : 1)),
      ),
    install: (request) =>
      ask(`install ${request.names.join(' ')} on ${request.instanceIds.join(' ')}`, () =>
        fleet.send(request, invocation.skewMs),
      ),
    namesSent: (commandId) => ask(`names of ${commandId}`, () => fleet.commands.namesSent(commandId)),
    invocation: (commandId, instanceId) =>
      ask(`${commandId} on ${instanceId}`, () => fleet.commands.invocation(commandId, instanceId)),
    // Its hosts have no State Manager.
    associationRun: async () => undefined,
  };
}
