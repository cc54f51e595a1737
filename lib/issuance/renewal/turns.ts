import { describeError } from '../../foundation/common/describe-error.ts';
import { SECOND } from '../../foundation/common/durations.ts';
import { poll, TimeLimitError } from '../../foundation/common/poll.ts';
import { nextTurn, setKey } from '../dns/rules/turns.ts';
import { RecordSetFullError } from '../dns/zones.ts';
import { awaitPropagation } from './await-propagation.ts';
import { cleanUp } from './clean-up.ts';
import { type Ordered, type RenewRun, runPhase } from './phases.ts';
import { prove } from './prove.ts';
import { publish } from './publish.ts';

const LOOK_AGAIN_MS = 5 * SECOND;
/** Another worker needs less for its own proofs; what stands there for longer, somebody has to remove. */
const ROOM_LIMIT_MS = 290 * SECOND;
/** More of a set's TTL is not waited for. */
const LONGEST_CACHED_MS = 300 * SECOND;

/** Until when a resolver may give an earlier answer for a record set, in milliseconds of `runtime.elapsed`. */
type Cached = Map<string, number>;

/**
 * Publishes and proves, in as few turns as the record sets have room for: usually one. Each turn removes its TXT values before
 * the next one writes; certificates already proved continue meanwhile. One that never gets room is dropped.
 */
export async function* provedInTurns(run: RenewRun, ordered: readonly Ordered[]): AsyncGenerator<Ordered[]> {
  const standing = new Map<string, RecordSetFullError['standing']>();
  const cached: Cached = new Map();
  let waiting = [...ordered];
  let isCrowded = false;
  while (waiting.length > 0) {
    const { now, later } = nextTurn(waiting, standing);
    try {
      requireTime(run);
      if (now.length === 0 || isCrowded) {
        await awaitRoom(run, waiting, standing);
        isCrowded = false;
        continue;
      }
    } catch (error) {
      for (const renewal of waiting) run.drop(renewal, error);
      return;
    }
    const { full, ...published } = await publish(run, now);
    // Others have written since the set was read: it is not tried again at once.
    isCrowded = full.some(({ placed }) => standing.has(setKey(placed)));
    for (const { placed, error } of full) standing.set(setKey(placed), error.standing);
    const isFull = (renewal: Ordered) => full.some((one) => one.renewal === renewal);
    waiting = waiting.filter((renewal) => later.includes(renewal) || isFull(renewal));
    const visible = await awaitPropagation(run, published);
    const current = await runPhase(run, visible, (renewal) => awaitCaches(run, renewal, cached));
    const proved = await runPhase(run, current, (renewal) => prove(run, renewal));
    if (waiting.length > 0) await noteCached(run, current, cached);
    // Where the CA has validated, the remaining phases do not need the TXT values.
    const cleaning = removeTxt(
      run,
      now.filter((renewal) => !isFull(renewal) && !renewal.claim.lookedAt),
    );
    yield proved;
    await cleaning;
  }
}

function requireTime({ signal }: RenewRun): void {
  if (!signal.aborted) return;
  throw new TimeLimitError('out-of-time', {
    seen: "the function's time ended before the proofs were written",
    remedy: 'the next run goes on from here',
  });
}

/** Reads the sets that are full until one has room for somebody; throws {@link RecordSetFullError} when none has. */
async function awaitRoom(
  { deps: { zones, runtime }, signal }: RenewRun,
  waiting: readonly Ordered[],
  standing: Map<string, RecordSetFullError['standing']>,
): Promise<void> {
  const placed = new Map(waiting.flatMap(({ edits }) => edits).map((one) => [setKey(one), one]));
  let full: RecordSetFullError | undefined;
  const read = async () => {
    for (const [key, { zoneId, edit }] of placed) {
      if (!standing.has(key)) continue;
      const { name, type, ttl, add } = edit;
      const set = (await zones.read(zoneId, edit)) ?? { name, type, ttl, values: [] };
      standing.set(key, set);
      full = new RecordSetFullError(zoneId, set, add.length);
    }
    return nextTurn(waiting, standing).now.length > 0;
  };
  const wait = { delayMs: () => LOOK_AGAIN_MS, limitMs: ROOM_LIMIT_MS, signal, runtime };
  await poll(read, (hasRoom) => hasRoom, { what: 'room in a record set', ...wait }).catch((error) => {
    throw error instanceof TimeLimitError && error.reason === 'wait-limit-reached' && full ? full : error;
  });
}

/** A CA's resolver that looked at a set for an earlier turn may give that answer until its TTL is over (RFC 1035, 3.2.1). */
async function awaitCaches(
  { deps: { runtime }, signal }: RenewRun,
  renewal: Ordered,
  cached: Cached,
): Promise<Ordered> {
  const until = Math.max(...renewal.edits.map((placed) => cached.get(setKey(placed)) ?? 0), 0);
  const left = () => Math.max(0, until - runtime.elapsed());
  if (left() > 0)
    await poll(async () => left() === 0, Boolean, {
      what: 'the end of earlier answers',
      delayMs: left,
      limitMs: LONGEST_CACHED_MS,
      signal,
      runtime,
    });
  return renewal;
}

async function noteCached(
  { deps: { zones, runtime } }: RenewRun,
  looked: readonly Ordered[],
  cached: Cached,
): Promise<void> {
  const sets = new Map(looked.flatMap(({ edits }) => edits).map((placed) => [setKey(placed), placed]));
  for (const [key, { zoneId, edit }] of sets) {
    // Others may have made the set, with their TTL.
    const set = await zones.read(zoneId, edit).catch(() => undefined);
    const ttlMs = (set?.ttl ?? edit.ttl) * SECOND;
    cached.set(key, runtime.elapsed() + Math.min(ttlMs, LONGEST_CACHED_MS));
  }
}

async function removeTxt({ deps }: RenewRun, ordered: readonly Ordered[]): Promise<void> {
  const claims = ordered.map(({ claim }) => claim);
  for (const [{ name }, error] of await cleanUp(deps, claims))
    deps.warn(
      `TXT values are left behind by ${name}, the next run removes them: ${describeError(error).message}`,
    );
}
