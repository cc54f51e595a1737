import pMap from 'p-map';
import type { Reads } from '../foundation/bucket/object-store.ts';
import { type FoundPointer, findPointer } from '../foundation/bucket/read-pointer.ts';
import {
  ACM_PREFIX,
  ARCHIVE_PREFIX,
  LIVE_PREFIX,
  namesIn,
  PINS_PREFIX,
  PROBES_PREFIX,
  REVOKED_PREFIX,
  STATE_PREFIX,
} from '../foundation/certificate/object-keys.ts';
import { describeError } from '../foundation/common/describe-error.ts';
import { outlivedObjects } from '../issuance/renewal/find-upkeep.ts';
import { findState } from '../issuance/renewal/read-state.ts';
import { failuresOf, forget, type Over, type State } from '../issuance/renewal/rules/state.ts';
import { findRevocations } from '../issuance/revocation/read-revocations.ts';
import type { AssessContext, AssessDeps, Assessment } from './context.ts';
import { plannedWithoutFile } from './rules/plan.ts';

/** Folders with an object a certificate, besides those that every start lists. */
const NAMED = [LIVE_PREFIX, STATE_PREFIX, REVOKED_PREFIX, ACM_PREFIX, PROBES_PREFIX, PINS_PREFIX];

/** As many reads at once as S3 and 256 MB of memory allow. */
const READS_AT_ONCE = 32;

/**
 * Certificates whose renewal file is gone, or never was. They are left as they are until long after their end, but
 * what a worker left open is ended, and what failed of it is forgotten. Only a start that looks closely reads all pointers to
 * find them; those with a revoked version are looked at by every start.
 */
export async function assessWithoutFile(
  { store, stack }: AssessDeps,
  files: ReadonlySet<string>,
  {
    start,
    claimed,
    leftOpen,
    revoked,
    now,
  }: Pick<AssessContext, 'start' | 'claimed' | 'leftOpen' | 'revoked' | 'now'>,
): Promise<Assessment[]> {
  const kept = await (start.looksClosely ? keptNames(store) : namesOf(store, STATE_PREFIX).catch(() => []));
  const names = [...new Set([...kept, ...leftOpen, ...revoked])].filter((name) => !files.has(name));
  const assess = async (name: string): Promise<Assessment[]> => {
    const read = await findState(store, name, now).catch((error) => ({ state: undefined, error }));
    if (leftOpen.has(name)) return mend(name, 'left-open', read);
    // A removal that failed is tried again by each check, after its back-off.
    const isLookedFor = start.looksClosely || (failuresOf(read.state, 'outlived')?.failures ?? 0) > 0;
    const isOutlived = isLookedFor && (await outlivedObjects(store, name, now));
    return isOutlived ? mend(name, 'outlived', read) : leaveAsIs(name, read);
  };
  const mend = async (
    name: string,
    reason: 'left-open' | 'outlived',
    read: ReadState,
  ): Promise<Assessment[]> => {
    if ('error' in read) throw read.error;
    const { state } = read;
    const { notBefore = '' } = failuresOf(state, reason) ?? {};
    const failing = failingOf(name, state, reason);
    if (Date.parse(notBefore) > now.getTime())
      return [{ planned: { name, action: 'wait', reason: 'backing-off', until: notBefore }, ...failing }];
    const pointer = (await findPointer(store, name))?.pointer;
    const notAfter = pointer && new Date(pointer.notAfter);
    const replacing = pointer?.version ?? null;
    const due = { name, reason, ca: stack.defaultCa, zoneIds: [], notAfter, replacing };
    return [{ planned: { name, action: 'mend', reason }, due, ...failing }];
  };
  const leaveAsIs = async (name: string, read: ReadState): Promise<Assessment[]> => {
    const over = !claimed.has(name) && read.state ? overWithoutFile(read.state) : undefined;
    // What failed cannot be told then, all else can.
    const unread = 'error' in read && { unseen: describeError(read.error).message };
    const kept: Partial<Assessment> = { ...(over && { over }), ...unread };
    const found = start.looksClosely || revoked.has(name) ? await findPointer(store, name) : undefined;
    const planned = found && plannedWithoutFile(name, found.pointer, now);
    if (planned)
      return [
        { planned, ...kept, ...(await factsWithoutFile(store, name, { found, region: stack.region, now })) },
      ];
    return Object.keys(kept).length > 0 ? [{ planned: unmanaged(name), unlisted: true, ...kept }] : [];
  };
  // It needs nothing soon, and holds up no other.
  const unseen = (name: string, error: unknown): Assessment => {
    return { planned: unmanaged(name), unseen: describeError(error).message };
  };
  const assessOrLeave = (name: string) => assess(name).catch((error) => [unseen(name, error)]);
  return (await pMap(names, assessOrLeave, { concurrency: READS_AT_ONCE })).flat();
}

/** With why it could not be read. */
interface ReadState {
  state?: State | undefined;
  error?: unknown;
}

const unmanaged = (name: string) => ({ name, action: 'leave', reason: 'unmanaged' }) as const;

function failingOf(name: string, state: State | undefined, repair: string): Pick<Assessment, 'checked'> {
  const { failures = 0 } = failuresOf(state, repair) ?? {};
  if (failures === 0) return {};
  return { checked: { name, lifeLeft: undefined, notAfter: undefined, failures, overdue: false } };
}

/** What failed, and is not tried again without the file. */
function overWithoutFile(state: State): Over | undefined {
  const over = { renewal: true, repairs: () => true };
  return JSON.stringify(forget(state, over)) === JSON.stringify(state) ? undefined : over;
}

/** What the health of a certificate without a renewal file is judged by. */
async function factsWithoutFile(
  store: Reads,
  name: string,
  { found, region, now }: { found: FoundPointer; region: string; now: Date },
): Promise<Pick<Assessment, 'facts'>> {
  const revocations = await findRevocations(store, name);
  const pointer = found.pointer ?? 'unreadable';
  return { facts: { name, region, wanted: false, pointer, state: undefined, revocations, now } };
}

/** Certificates of which anything is kept. */
async function keptNames(store: Reads): Promise<string[]> {
  const [archived, ...named] = await Promise.all([
    store.folders(ARCHIVE_PREFIX),
    ...NAMED.map((prefix) => namesOf(store, prefix)),
  ]);
  const files = archived.map((name) => ({ key: `${name}.json` }));
  return [...named.flat(), ...namesIn(files, '')];
}

const namesOf = async (store: Reads, prefix: string) => namesIn(await store.list(prefix), prefix);
