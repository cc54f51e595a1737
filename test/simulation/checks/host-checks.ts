import { HOUR } from '../engine/durations.ts';
import type { SimulatedHost } from '../services/simulated-host.ts';
import { pointerOf } from '../world/stored.ts';
import type { World } from '../world/world.ts';
import type { Parts } from './parts.ts';
import { isWanted } from './pointer-checks.ts';

/** What is recorded of a host goes with the time of the commands, and a new host waits for no renewal. */
export function checkHosts(parts: Parts): void {
  checkRecords(parts);
  const { world } = parts;
  world.fleet.onLaunch.push((host) => {
    const from = world.scheduler.now;
    const wanted = [...world.files.keys()].filter((name) => isShownTo(world, name, host));
    world.scheduler.after(40 * HOUR, `new host ${host.instanceId}`, () => {
      for (const name of wanted) judgeNewHost(parts, { host, name, from });
    });
  });
}

function isShownTo(world: World, name: string, { group }: SimulatedHost): boolean {
  return pointerOf(world, name)?.hosts.includes(group) === true && isWanted(world, name);
}

function judgeNewHost(
  { world, breaches, opportunities }: Parts,
  { host, name, from }: { host: SimulatedHost; name: string; from: number },
): void {
  const others = [...world.fleet.hosts.values()].filter(({ group }) => group === host.group);
  const isWell = others.every((one) => one.isOnline && !one.isBroken && !one.isSlow && one.since <= from);
  const wasChanged = (world.wantedSince.get(name) ?? 0) > from;
  if (!others.includes(host) || !isWell || wasChanged || !isShownTo(world, name, host)) return;
  if (host.served.has(name)) return;
  const span = { from, until: world.scheduler.now };
  if (opportunities.longestClear(name, span, ['s3', 'bus', 'ssm']) >= 30 * HOUR)
    breaches.report('new-host-waits', `${host.instanceId} of ${host.group} has no ${name} after 40 hours`);
}

/** Commands are numbered in the order in which they were sent; of two that were sent at the same instant neither is older. */
function checkRecords({ world, breaches }: Parts): void {
  world.bucket.onChange.push(({ key, before, after, by }) => {
    if (!key.startsWith('hosts/') || by === 'somebody' || !before || !after) return;
    const earlier = commandsIn(before.body);
    for (const [name, { command, requestedAt }] of commandsIn(after.body)) {
      const known = earlier.get(name);
      const isAtOnce = requestedAt !== undefined && requestedAt === known?.requestedAt;
      if (known && command < known.command && !isAtOnce)
        breaches.report(
          'host-record-goes-back',
          `${key}: ${name} from command ${known.command} to ${command}`,
        );
    }
  });
}

interface Recorded {
  command: number;
  requestedAt: string | undefined;
}

function commandsIn(body: string): Map<string, Recorded> {
  try {
    const lineages = Object.entries<{ commandId: string; requestedAt?: string }>(
      JSON.parse(body).lineages ?? {},
    );
    return new Map(
      lineages.map(([name, { commandId, requestedAt }]) => [
        name,
        { command: Number(commandId.slice('command-'.length)), requestedAt },
      ]),
    );
  } catch {
    return new Map();
  }
}
