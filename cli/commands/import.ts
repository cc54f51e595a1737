import { describeError } from '../../lib/foundation/common/describe-error.ts';
import { printable } from '../../lib/foundation/common/explain-issues.ts';
import { InputError } from '../../lib/foundation/common/input-error.ts';
import type { Answer, GlobalOptions } from '../answer.ts';
import type { FoundFolder } from '../migrate/found.ts';
import { type ImportContext, type PreparedImport, prepareImport } from '../migrate/prepare-import.ts';
import { readFolder } from '../migrate/read-folder.ts';
import { requireFree, writeImport } from '../migrate/write-import.ts';
import { listOf } from '../output/parse-options.ts';
import { type Cell, showable, tableOf } from '../output/table.ts';
import { findStack } from '../stack/find-stack.ts';
import { settingsOf } from '../stack/functions.ts';
import { openBucket } from '../stack/open-bucket.ts';

export interface ImportOptions extends GlobalOptions {
  hosts?: string;
  dryRun?: boolean;
}

interface Row {
  name: string;
  outcome: 'imported' | 'there-already' | 'would-import' | 'refused';
  names: string[];
  notAfter?: string;
  message: string;
  notCarried: string[];
}

const COLOURS = {
  imported: 'green',
  'there-already': 'green',
  'would-import': 'yellow',
  refused: 'red',
} as const;

/** `perennial-tls import`: takes over what another program has issued, so that nothing is issued needlessly. */
export async function importFolder(
  folder: string,
  { stage, hosts, dryRun = false }: ImportOptions,
): Promise<Answer> {
  const found = await readFolder(folder);
  const stack = await findStack(stage);
  const store = openBucket(stack);
  const context: ImportContext = { stack: await settingsOf(stack), hosts: listOf(hosts), now: new Date() };
  const rows: Row[] = found.unreadable.map(({ name, message }) => refused(name, message));
  for (const lineage of found.lineages) {
    try {
      const prepared = prepareImport(lineage, context);
      const isFree = dryRun ? await requireFree(store, prepared) : await writeImport(store, prepared);
      rows.push(
        rowOf(prepared, isFree === 'free' ? 'would-import' : isFree === 'whole' ? 'there-already' : isFree),
      );
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      rows.push(refused(lineage.name, describeError(error).message));
    }
  }
  rows.sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    ok: rows.every(({ outcome }) => outcome !== 'refused'),
    json: { program: found.program, folder, certificates: rows, notCarried: found.notCarried },
    text: importText(folder, found, rows, { dryRun, toHosts: context.hosts.length > 0 }),
  };
}

const rowOf = ({ name, pointer, notCarried }: PreparedImport, outcome: Row['outcome']): Row => ({
  name,
  outcome,
  names: pointer.names,
  notAfter: pointer.notAfter,
  message: '',
  notCarried,
});

const refused = (name: string, message: string): Row => ({
  name: printable(name),
  outcome: 'refused',
  names: [],
  message,
  notCarried: [],
});

function importText(
  folder: string,
  { program, notCarried }: FoundFolder,
  rows: readonly Row[],
  { dryRun, toHosts }: { dryRun: boolean; toHosts: boolean },
): string {
  const cells = rows.map(({ name, outcome, names, notAfter, message }): Cell[] => [
    name,
    { text: outcome, colour: COLOURS[outcome] },
    notAfter?.slice(0, 10) ?? '–',
    outcome === 'refused' ? message : names.join(', '),
  ]);
  const lost = [
    ...rows.flatMap((row) => row.notCarried.map((line) => `  ${row.name}: ${line}`)),
    ...notCarried.map((line) => `  all: ${line}`),
    `  all: ${program}'s account at the CA; the stack makes its own`,
    ...(toHosts ? [] : ['  all: the hosts that serve them; say which with --hosts, or in the renewal files']),
  ];
  const bad = rows.filter(({ outcome }) => outcome === 'refused').length;
  const verb = dryRun ? 'import would take' : 'import:';
  return [
    `${program} in ${printable(folder)}`,
    tableOf(['certificate', 'outcome', 'expires', 'names, or why not'], cells),
    'not carried over:',
    ...lost.map(showable),
    `${verb} ${rows.length - bad} of ${rows.length} certificates${dryRun ? '; nothing was written' : ''}`,
  ].join('\n');
}
