import { DnsError, type Resolver } from '../../ports/resolver.ts';
import { poll, TimeLimitError } from '../poll.ts';
import type { RenewRun } from './context.ts';
import type { PublishedZone } from './publish.ts';

/** For servers and changes together: AWS says 60 s is usual, and to wait five minutes at most. */
const LIMIT_MS = 290_000;
const DNS_INTERVAL_MS = 500;

/**
 * Waits until the zone's authoritative servers all give the new values, then until Route 53 calls the change INSYNC. The
 * servers come first: asking them is free, while each look at a change counts against the account's request limit.
 */
export async function propagate({ deps, signal }: RenewRun, zone: PublishedZone): Promise<void> {
  const end = Date.now() + LIMIT_MS;
  await seenEverywhere(deps.resolver, zone, signal);
  for (const changeId of zone.changeIds) {
    await poll(
      () => deps.zones.isInSync(changeId),
      (inSync) => inSync,
      {
        what: `INSYNC of change ${changeId} in hosted zone ${zone.zoneName}`,
        delayMs: (attempt) => (attempt === 0 ? 0 : Math.min(15_000, 500 * 2 ** attempt)),
        limitMs: Math.max(0, end - Date.now()),
        signal,
      },
    );
  }
}

async function seenEverywhere(resolver: Resolver, zone: PublishedZone, signal: AbortSignal): Promise<void> {
  const servers = await resolver.nameServers(zone.zoneName);
  if (servers.length === 0)
    throw new DnsError(
      `${zone.zoneName} has no name servers in the public DNS; set at its registrar those that Route 53 shows for the zone`,
    );
  let open = zone.edits
    .filter(({ type }) => type === 'TXT')
    .flatMap(({ name, add }) =>
      servers.map((server) => ({ server, name, values: add.map((value) => value.slice(1, -1)) })),
    );
  const look = async () => {
    const seen = await Promise.all(
      open.map(({ server, name, values }) => gives(resolver, { server, name, values })),
    );
    open = open.filter((_, index) => !seen[index]);
    return open;
  };
  try {
    await poll(look, (unseen) => unseen.length === 0, {
      what: `the TXT values of ${zone.zoneName}`,
      delayMs: (attempt) => (attempt === 0 ? 0 : DNS_INTERVAL_MS),
      limitMs: LIMIT_MS,
      signal,
    });
  } catch (error) {
    const [first] = open;
    if (!(error instanceof TimeLimitError) || error.reason === 'out-of-time' || !first) throw error;
    throw new TimeLimitError(
      'wait-limit-reached',
      `${first.server.server} does not give the TXT values of ${first.name} after ${LIMIT_MS / 1000} s`,
    );
  }
}

async function gives(
  resolver: Resolver,
  { server, name, values }: { server: { server: string; address: string }; name: string; values: string[] },
): Promise<boolean> {
  try {
    const found = await resolver.txtFrom(server, name);
    return values.every((value) => found.includes(value));
  } catch {
    return false;
  }
}
