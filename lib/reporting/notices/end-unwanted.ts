import pMap from 'p-map';
import type * as z from 'zod/mini';
import { readAcmRecord } from '../../delivery/acm/record-import.ts';
import type { ObjectStore } from '../../foundation/bucket/object-store.ts';
import { LineageName } from '../../foundation/certificate/lineage.ts';
import { renewalKey } from '../../foundation/certificate/object-keys.ts';
import { RenewalFile } from '../../foundation/certificate/renewal-file.ts';
import { orNone } from '../../foundation/common/parse-json.ts';
import type { CheckSummary } from '../../foundation/events/events.ts';
import { isNamed, isPerhapsUnseen } from './rules/is-gone.ts';
import { end, importIn, keyOf, type Memory, type Trouble } from './rules/trouble.ts';

type Reads = Pick<ObjectStore, 'get'>;
type File = z.infer<typeof RenewalFile>;

const READS_AT_ONCE = 16;

/**
 * Ends the troubles with what no renewal file wants any more, and with imports that have come through since. What the newest
 * check itself names goes on: the clean-up of a removed certificate may fail, and hosts may still serve it.
 */
export async function endUnwanted(store: Reads, memory: Memory, newest: CheckSummary): Promise<void> {
  const over = new Set<string>();
  const look = async (trouble: Trouble) => {
    // What arose meanwhile it cannot name yet.
    if (Date.parse(trouble.at) > Date.parse(newest.at) || isNamed(trouble, newest)) return;
    if (isPerhapsUnseen(trouble, newest)) return;
    if (!(await isWanted(store, trouble)) || (await isImported(store, trouble))) over.add(keyOf(trouble));
  };
  await pMap(Object.values(memory.troubles), look, { concurrency: READS_AT_ONCE });
  end(memory, (trouble) => over.has(keyOf(trouble)));
}

async function isWanted(store: Reads, { kind, subject, names }: Trouble): Promise<boolean> {
  switch (kind) {
    case 'renewal':
    case 'overdue':
      return wants(store, subject, () => true);
    case 'import': {
      const { name, region } = importIn(subject);
      return wants(store, name, ({ acm = [] }) => acm.some((wanted) => wanted.region === region));
    }
    case 'site':
      return wants(store, subject, ({ probe = false }) => probe);
    case 'deployment':
      for (const name of names)
        if (await wants(store, name, ({ hosts }) => hosts.includes(subject))) return true;
      return names.length === 0;
    case 'health':
    case 'file':
    case 'pin':
      return wants(store, subject, () => true);
    case 'object':
    case 'window':
    case 'pin-end':
      return true;
  }
}

/** Whether the renewal file of a certificate wants it; one that cannot be used is taken to. */
async function wants(store: Reads, name: string, isWantedIn: (file: File) => boolean): Promise<boolean> {
  if (!LineageName.safeParse(name).success) return true;
  const stored = await store.get(renewalKey(name));
  const file = orNone(stored?.body, RenewalFile);
  return stored !== undefined && (!file || isWantedIn(file));
}

/** Whether ACM has it by the record: the event that said so was lost, or came before that of the failure. */
async function isImported(store: Reads, { kind, subject }: Trouble): Promise<boolean> {
  if (kind !== 'import') return false;
  const { name, region } = importIn(subject);
  if (!LineageName.safeParse(name).success) return false;
  const record = await readAcmRecord(store, name);
  return record?.imports.some((one) => one.region === region && one.outcome === 'imported') ?? false;
}
