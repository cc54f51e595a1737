import {
  changesFor,
  fitsSet,
  isStillDecided,
  mergeEdits,
  packChanges,
  type RecordChange,
  type RecordEdit,
  recordKey,
  supposedSet,
} from './rules/record-edits.ts';
import { ChangeRefusedError, RecordSetFullError, ZoneError, type Zones } from './zones.ts';

const CHANGED = 'somebody has changed the set meanwhile; the next try decides anew';
/** How often a set that others keep changing is read again. */
const MAX_CONFLICTS = 5;

export interface Applied {
  changeIds: string[];
  /** Edits that Route 53 refuses, with its message, or that `error` stops; nothing of them was written. */
  refused: { edit: RecordEdit; message: string; error?: ZoneError }[];
}

interface Attempt {
  edit: RecordEdit;
  changes: RecordChange[];
  conflicts: number;
  /** Refused although nothing there had changed: perhaps a conflict that passed before it could be read. */
  puzzling?: boolean;
}

interface Target {
  zones: Zones;
  zoneId: string;
  applied: Applied;
}

/**
 * Makes all edits of one zone in as few change batches as Route 53's limits allow. Nothing is read first: only a set that
 * Route 53 says is not as supposed is read and swapped. An edit that stays refused drops out; the others go on.
 */
export async function applyEdits(
  zones: Zones,
  zoneId: string,
  edits: readonly RecordEdit[],
): Promise<Applied> {
  const applied: Applied = { changeIds: [], refused: [] };
  const attempts = mergeEdits(edits).map((edit) => ({
    edit,
    changes: changesFor(edit, supposedSet(edit)),
    conflicts: 0,
  }));
  await sendAll({ zones, zoneId, applied }, attempts);
  return applied;
}

async function sendAll(target: Target, attempts: readonly Attempt[]): Promise<void> {
  const needed = attempts.filter(({ changes }) => changes.length > 0);
  const byChanges = new Map(needed.map((attempt) => [attempt.changes, attempt]));
  for (const pack of packChanges([...byChanges.keys()])) {
    const packed = pack.flatMap((changes) => byChanges.get(changes) ?? []);
    await send(target, packed);
  }
}

async function send(target: Target, attempts: readonly Attempt[]): Promise<void> {
  const changes = attempts.flatMap((attempt) => attempt.changes);
  try {
    target.applied.changeIds.push(await target.zones.change(target.zoneId, changes));
  } catch (error) {
    if (!(error instanceof ChangeRefusedError)) throw error;
    await sendAgain(target, attempts, error);
  }
}

async function sendAgain(target: Target, attempts: readonly Attempt[], refusal: ChangeRefusedError) {
  const quoted = quotedRecords(refusal);
  const blamed = attempts.filter(({ edit }) => quoted.has(recordKey(edit)));
  if (blamed.length === 0 && attempts.length > 1) {
    const middle = Math.ceil(attempts.length / 2);
    await send(target, attempts.slice(0, middle));
    await send(target, attempts.slice(middle));
    return;
  }
  const suspects = blamed.length > 0 ? blamed : attempts;
  const again = attempts.filter((attempt) => !suspects.includes(attempt));
  for (const attempt of suspects) {
    const next = await readAgain(target, attempt).catch(onlyOf);
    if (next instanceof ZoneError)
      target.applied.refused.push({ edit: attempt.edit, message: next.message, error: next });
    else if (next === 'changed') target.applied.refused.push({ edit: attempt.edit, message: CHANGED });
    else if (next) again.push(next);
    else target.applied.refused.push({ edit: attempt.edit, message: refusal.messages.join('; ') });
  }
  await sendAll(target, again);
}

/** An error of one record set; others are of the zone, and thrown. */
function onlyOf(error: unknown): ZoneError {
  if (error instanceof ZoneError && error.reason === 'record-not-simple') return error;
  throw error;
}

/** The attempt from what is there now; `undefined` when that twice changes nothing, so Route 53 has another reason. */
async function readAgain(
  { zones, zoneId }: Target,
  attempt: Attempt,
): Promise<Attempt | 'changed' | ZoneError | undefined> {
  const { edit, conflicts, puzzling } = attempt;
  const current = await zones.read(zoneId, edit);
  if (!isStillDecided(edit, current)) return 'changed';
  const changes = changesFor(edit, current);
  const created = changes.find(({ action }) => action === 'CREATE')?.set.values ?? [];
  if (current && edit.add.length > 0 && !fitsSet(created))
    return new RecordSetFullError(zoneId, current, created.length - current.values.length);
  const same = JSON.stringify(changes) === JSON.stringify(attempt.changes);
  if ((same && puzzling) || conflicts >= MAX_CONFLICTS) return undefined;
  return { edit, changes, conflicts: conflicts + 1, puzzling: same };
}

/** The records that Route 53 objects to; it quotes each as `[name='…', type='TXT']`, several in one message. */
function quotedRecords({ messages }: ChangeRefusedError): Set<string> {
  const quoted = messages.join('\n').matchAll(/name='([^']+)', type='(TXT|CAA)'/g);
  return new Set(
    [...quoted].map(
      ([, name = '', type]) => `${type} ${name.replace(/\.$/, '').replace('\\052', '*').toLowerCase()}`,
    ),
  );
}
