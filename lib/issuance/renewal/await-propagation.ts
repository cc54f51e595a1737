import { type PollOptions, poll, TimeLimitError } from '../../foundation/common/poll.ts';
import { DnsError, type Resolver } from '../dns/resolver.ts';
import type { RecordEdit } from '../dns/rules/record-edits.ts';
import type { Ordered, RenewRun } from './phases.ts';
import { dropFailed, type Published, type PublishedZone } from './publish.ts';

/** For servers and changes together: AWS calls 60 s usual, and advises to wait five minutes at most. */
const LIMIT_MS = 290_000;
const DNS_INTERVAL_MS = 200;

/** 0.5 s, growing by half, at most 5 s: sees a change soon after it came, with few calls. */
const untilInSync: PollOptions<boolean>['delayMs'] = (attempt) =>
  attempt === 0 ? 0 : Math.min(5_000, 500 * 1.5 ** (attempt - 1));

/**
 * Waits for each batch; one that fails drops the certificates that need it. Meanwhile the CSRs are made, one after another;
 * finalize makes those that are still missing.
 */
export async function awaitPropagation(
  run: RenewRun,
  { renewals, zones }: Pick<Published, 'renewals' | 'zones'>,
): Promise<Ordered[]> {
  void prepareAll(run, renewals);
  const failures = new Map<RecordEdit, unknown>();
  const fail = ({ edits }: PublishedZone, error: unknown) => {
    for (const edit of edits) failures.set(edit, error);
  };
  await Promise.all(zones.map((zone) => awaitZone(run, zone).catch((error) => fail(zone, error))));
  return dropFailed(run, renewals, ({ edit }) => failures.get(edit));
}

async function prepareAll({ authority, signal }: RenewRun, renewals: readonly Ordered[]): Promise<void> {
  for (const { key, wanted } of renewals)
    if (!signal.aborted) await authority.prepare({ key, names: wanted.names });
}

/**
 * Waits until all authoritative servers of the zone return the new values, then until Route 53 reports the change INSYNC.
 * The servers come first: they are free to ask, while each GetChange counts against the account's request limit.
 */
async function awaitZone(run: RenewRun, zone: PublishedZone): Promise<void> {
  const { deps, signal } = run;
  const { runtime } = deps;
  const since = runtime.elapsed();
  const end = since + LIMIT_MS;
  await seenEverywhere(run, zone);
  for (const changeId of zone.changeIds) {
    await poll(
      () => deps.zones.isInSync(changeId),
      (inSync) => inSync,
      {
        what: `INSYNC of change ${changeId} in hosted zone ${zone.zoneName}`,
        delayMs: untilInSync,
        limitMs: Math.max(0, end - runtime.elapsed()),
        since,
        signal,
        runtime,
      },
    );
  }
}

async function seenEverywhere(
  { deps: { resolver, runtime }, signal }: RenewRun,
  zone: PublishedZone,
): Promise<void> {
  const check = await PropagationCheck.of(zone, resolver);
  try {
    await poll(
      () => check.ask(),
      (left) => left === undefined,
      {
        what: `the TXT values of ${zone.zoneName}`,
        delayMs: (attempt) => (attempt === 0 ? 0 : DNS_INTERVAL_MS),
        limitMs: LIMIT_MS,
        signal,
        runtime,
      },
    );
  } catch (error) {
    const { first } = check;
    if (!(error instanceof TimeLimitError) || error.reason === 'out-of-time' || !first) throw error;
    throw new TimeLimitError(
      'wait-limit-reached',
      `${first.server} does not give the TXT values of ${first.name} after ${LIMIT_MS / 1000} s`,
    );
  }
}

type Server = Parameters<Resolver['txtFrom']>[0];

interface Value {
  name: string;
  values: string[];
}

/** The new TXT values of one zone that some authoritative servers do not return yet. */
export class PropagationCheck {
  readonly #resolver: Resolver;
  #left: { server: Server; open: Value[] }[];

  private constructor(resolver: Resolver, servers: readonly Server[], open: Value[]) {
    this.#resolver = resolver;
    this.#left = open.length === 0 ? [] : servers.map((server) => ({ server, open }));
  }

  static async of({ zoneName, edits }: PublishedZone, resolver: Resolver): Promise<PropagationCheck> {
    const servers = await resolver.nameServers(zoneName);
    if (servers.length === 0)
      throw new DnsError({
        seen: `${zoneName} has no name servers in the public DNS`,
        remedy: 'set at its registrar those that Route 53 shows for the zone',
      });
    const open = edits
      .filter(({ type }) => type === 'TXT')
      .map(({ name, add }) => ({ name, values: add.map((value) => value.slice(1, -1)) }));
    return new PropagationCheck(resolver, servers, open);
  }

  get first(): { server: string; name: string } | undefined {
    const [left] = this.#left;
    const [value] = left?.open ?? [];
    return left && value && { server: left.server.server, name: value.name };
  }

  /**
   * Asks again for what is left, and returns a server and a name of it. A change batch reaches a server as a whole: each
   * server is asked for one name until it returns that, then for all the others.
   */
  async ask(): Promise<PropagationCheck['first']> {
    const asked = this.#left.map(async ({ server, open: [first, ...others] }) => {
      if (first && !(await this.#gives(server, first))) return { server, open: [first, ...others] };
      const given = await Promise.all(others.map((value) => this.#gives(server, value)));
      return { server, open: others.filter((_, index) => !given[index]) };
    });
    this.#left = (await Promise.all(asked)).filter(({ open }) => open.length > 0);
    return this.first;
  }

  async #gives(server: Server, { name, values }: Value): Promise<boolean> {
    const found = await this.#resolver.txtFrom(server, name).catch(() => undefined);
    return found !== undefined && values.every((value) => found.includes(value));
  }
}
