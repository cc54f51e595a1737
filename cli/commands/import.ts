import { LineageName } from '../../lib/foundation/certificate/lineage.ts';
import { compareTexts } from '../../lib/foundation/common/compare-texts.ts';
import { describeError } from '../../lib/foundation/common/describe-error.ts';
import { printable } from '../../lib/foundation/common/explain-issues.ts';
import { InputError } from '../../lib/foundation/common/input-error.ts';
import type { Answer, GlobalOptions } from '../answer.ts';
import { lookBefore } from '../follow/follow.ts';
import { openFollow } from '../follow/open-follow.ts';
import { followedAnswer } from '../follow/show.ts';
import { followImports, type Imported, unwellOf } from '../migrate/follow-import.ts';
import type { FoundFolder } from '../migrate/found.ts';
import { type ImportContext, type PreparedImport, prepareImport } from '../migrate/prepare-import.ts';
import { readFolder } from '../migrate/read-folder.ts';
import { requireFree, writeImport } from '../migrate/write-import.ts';
import { listOf, millisecondsOf } from '../output/parse-options.ts';
import { type Cell, showable, tableOf } from '../output/table.ts';
import { findStack } from '../stack/find-stack.ts';
import { settingsOf, startCheck } from '../stack/functions.ts';
import { openHosts } from '../stack/open-hosts.ts';

export interface ImportOptions extends GlobalOptions {
  hosts?: string;
  dryRun?: boolean;
  /** Seconds. */
  limit: string;
}

interface Row {
  name: string;
  outcome: 'imported' | 'there-already' | 'would-import' | 'refused';
  names: string[];
  notAfter?: string;
  message: string;
  notCarried: string[];
}

const isLineageName = (name: string) => LineageName.safeParse(name).success;

const COLOURS = {
  imported: 'green',
  'there-already': 'green',
  'would-import': 'yellow',
  refused: 'red',
} as const;

/** `perennial-tls import`: takes over what another program has issued, so that nothing is issued needlessly. */
export async function importFolder(
  folder: string,
  { stage, hosts, dryRun = false, limit, json = false }: ImportOptions,
): Promise<Answer> {
  const limitMs = millisecondsOf(limit);
  const found = await readFolder(folder);
  const stack = await findStack(stage);
  const deps = openFollow(stack);
  const { store } = deps;
  const context: ImportContext = { stack: await settingsOf(stack), hosts: listOf(hosts), now: new Date() };
  const names = found.lineages.map(({ name }) => name);
  const before = dryRun ? new Map() : await lookBefore(deps, names.filter(isLineageName));
  const deadline = performance.now() + limitMs;
  const imported: Imported[] = [];
  const rows: Row[] = found.unreadable.map(({ name, message }) => refused(name, message));
  for (const lineage of found.lineages) {
    try {
      const prepared = prepareImport(lineage, context);
      const isFree = dryRun ? await requireFree(store, prepared) : await writeImport(store, prepared);
      if (isFree === 'imported') imported.push({ name: prepared.name, version: prepared.pointer.version });
      rows.push(
        rowOf(prepared, isFree === 'free' ? 'would-import' : isFree === 'whole' ? 'there-already' : isFree),
      );
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      rows.push(refused(lineage.name, describeError(error).message));
    }
  }
  if (imported.length > 0)
    await startCheck(
      stack,
      imported.map(({ name }) => name),
    );
  rows.sort((a, b) => compareTexts(a.name, b.name));
  const there = rows.flatMap(({ name, outcome }) => (outcome === 'there-already' ? name : []));
  const unwell = await unwellOf(
    { ...deps, hosts: openHosts(stack), stack: context.stack },
    there,
    new Date(),
  );
  const groups = context.hosts;
  const followed =
    groups.length > 0 ? await followImports(deps, imported, { groups, before, deadline, silent: json }) : [];
  const served = followedAnswer('on the hosts', followed);
  return {
    ok: served.ok && unwell.length === 0 && rows.every(({ outcome }) => outcome !== 'refused'),
    json: {
      program: found.program,
      folder,
      certificates: rows,
      notCarried: found.notCarried,
      followed,
      unwell,
    },
    text: [
      importText(folder, found, rows, { dryRun, toHosts: groups.length > 0 }),
      ...unwell,
      ...(followed.length > 0 ? [served.text] : []),
    ].join('\n'),
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
