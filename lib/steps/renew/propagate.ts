import { type PollOptions, poll, TimeLimitError } from '../poll.ts';
import type { RenewRun } from './context.ts';
import type { PublishedZone } from './publish.ts';
import { Unseen } from './unseen.ts';

/** For servers and changes together: AWS says 60 s is usual, and to wait five minutes at most. */
const LIMIT_MS = 290_000;
const DNS_INTERVAL_MS = 200;

/** 0.5 s and half as much more each time, at most 5 s: a change that comes is seen soon after, and few calls are spent. */
const untilInSync: PollOptions<boolean>['delayMs'] = (attempt) =>
  attempt === 0 ? 0 : Math.min(5_000, 500 * 1.5 ** (attempt - 1));

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
        delayMs: untilInSync,
        limitMs: Math.max(0, end - Date.now()),
        signal,
      },
    );
  }
}

async function seenEverywhere(
  resolver: RenewRun['deps']['resolver'],
  zone: PublishedZone,
  signal: AbortSignal,
): Promise<void> {
  const unseen = await Unseen.of(zone, resolver);
  try {
    await poll(
      () => unseen.look(),
      (left) => left === undefined,
      {
        what: `the TXT values of ${zone.zoneName}`,
        delayMs: (attempt) => (attempt === 0 ? 0 : DNS_INTERVAL_MS),
        limitMs: LIMIT_MS,
        signal,
      },
    );
  } catch (error) {
    const { first } = unseen;
    if (!(error instanceof TimeLimitError) || error.reason === 'out-of-time' || !first) throw error;
    throw new TimeLimitError(
      'wait-limit-reached',
      `${first.server} does not give the TXT values of ${first.name} after ${LIMIT_MS / 1000} s`,
    );
  }
}
