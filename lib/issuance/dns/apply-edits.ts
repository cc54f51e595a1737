import {
  changesFor,
  mergeEdits,
  packChanges,
  type RecordChange,
  type RecordEdit,
  recordKey,
  supposedSet,
} from './rules/record-edits.ts';
import { ChangeRefusedError, type Zones } from './zones.ts';

/** How often a set that others keep changing is read again. */
const MAX_CONFLICTS = 5;

export interface Applied {
  changeIds: string[];
  /** Edits that Route 53 will not have, with its words; nothing of them was written. */
  refused: { edit: RecordEdit; message: string }[];
}

interface Attempt {
  edit: RecordEdit;
  changes: RecordChange[];
  conflicts: number;
  /** Refused although nothing there had changed: perhaps a conflict that passed before it could be read. */
  puzzling?: boolean;
}

/**
 * Makes all edits of one zone in as few change batches as Route 53's limits allow. Nothing is read first: only a set that
 * Route 53 says is not as supposed is read and swapped. An edit that stays refused drops out, the others go on.
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

interface Target {
  zones: Zones;
  zoneId: string;
  applied: Applied;
}

async function sendAll(target: Target, attempts: readonly Attempt[]): Promise<void> {
  const byChanges = new Map(attempts.map((attempt) => [attempt.changes, attempt]));
  for (const pack of packChanges(
    attempts.map(({ changes }) => changes).filter((changes) => changes.length > 0),
  )) {
    await send(
      target,
      pack.flatMap((changes) => byChanges.get(changes) ?? []),
    );
  }
}

async function send(target: Target, attempts: readonly Attempt[]): Promise<void> {
  const { zones, zoneId, applied } = target;
  if (attempts.length === 0) return;
  try {
    applied.changeIds.push(
      await zones.change(
        zoneId,
        attempts.flatMap(({ changes }) => changes),
      ),
    );
  } catch (error) {
    if (!(error instanceof ChangeRefusedError)) throw error;
    await sendAfterRefusal(target, attempts, error);
  }
}

async function sendAfterRefusal(
  target: Target,
  attempts: readonly Attempt[],
  refusal: ChangeRefusedError,
): Promise<void> {
  const quoted = quotedRecords(refusal);
  const blamed = attempts.filter(({ edit }) => quoted.has(recordKey(edit)));
  if (blamed.length === 0 && attempts.length > 1) {
    const middle = Math.ceil(attempts.length / 2);
    await send(target, attempts.slice(0, middle));
    await send(target, attempts.slice(middle));
    return;
  }
  const again: Attempt[] = attempts.filter((attempt) => blamed.length > 0 && !blamed.includes(attempt));
  for (const attempt of blamed.length > 0 ? blamed : attempts) {
    const renewed = await readAgain(target, attempt);
    if (renewed === 'refused') {
      target.applied.refused.push({ edit: attempt.edit, message: refusal.messages.join('; ') });
    } else again.push(renewed);
  }
  await sendAll(target, again);
}

/** The attempt from what stands there now; refused when that twice changes nothing about it, so Route 53 has another reason. */
async function readAgain({ zones, zoneId }: Target, attempt: Attempt): Promise<Attempt | 'refused'> {
  const changes = changesFor(attempt.edit, await zones.read(zoneId, attempt.edit));
  const same = JSON.stringify(changes) === JSON.stringify(attempt.changes);
  if ((same && attempt.puzzling) || attempt.conflicts >= MAX_CONFLICTS) return 'refused';
  return { edit: attempt.edit, changes, conflicts: attempt.conflicts + 1, puzzling: same };
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
