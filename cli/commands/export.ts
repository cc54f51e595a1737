import { resolve } from 'node:path';
import { LIVE_PREFIX, liveKey, namesIn } from '../../lib/foundation/certificate/object-keys.ts';
import { describeError } from '../../lib/foundation/common/describe-error.ts';
import { printable } from '../../lib/foundation/common/explain-issues.ts';
import { InputError } from '../../lib/foundation/common/input-error.ts';
import type { Answer, GlobalOptions } from '../answer.ts';
import { writeExport } from '../migrate/write-export.ts';
import { type Cell, tableOf } from '../output/table.ts';
import { findStack } from '../stack/find-stack.ts';
import { openBucket } from '../stack/open-bucket.ts';
import { suggestionsFor } from '../stack/similar-name.ts';

interface Row {
  name: string;
  outcome: 'exported' | 'refused';
  message: string;
}

/** `perennial-tls export`: writes what is live as certbot's folder, with the private keys. */
export async function exportFolder(
  folder: string,
  names: string[],
  { stage }: GlobalOptions,
): Promise<Answer> {
  const root = resolve(folder);
  for (const name of names) liveKey(name);
  const store = openBucket(await findStack(stage));
  const wanted = names.length > 0 ? [...new Set(names)] : namesIn(await store.list(LIVE_PREFIX), LIVE_PREFIX);
  const rows: Row[] = [];
  for (const name of wanted) {
    try {
      await writeExport(store, name, root);
      rows.push({ name, outcome: 'exported', message: '' });
    } catch (error) {
      rows.push({ name, outcome: 'refused', message: messageOf(error) });
    }
  }
  const refused = rows.flatMap(({ name, outcome }) => (outcome === 'refused' ? name : []));
  const meant = await suggestionsFor(store, refused);
  const done = rows.filter(({ outcome }) => outcome === 'exported').length;
  const table = rows.length > 0 ? [tableOf(['certificate', 'outcome', 'why not'], rows.map(cellsOf))] : [];
  return {
    ok: done === rows.length,
    json: { folder: root, certificates: rows },
    text: [...table, ...meant, `export: ${done} of ${rows.length} certificates into ${printable(root)}`].join(
      '\n',
    ),
  };
}

/** Files that cannot be written concern one certificate; a bucket that cannot be read concerns all. */
function messageOf(error: unknown): string {
  const isOfFolder = error instanceof Error && 'syscall' in error;
  if (error instanceof InputError || isOfFolder) return describeError(error).message;
  throw error;
}

const cellsOf = ({ name, outcome, message }: Row): Cell[] => [
  name,
  { text: outcome, colour: outcome === 'exported' ? 'green' : 'red' },
  message,
];
