import { Listr } from 'listr2';
import type { Answer } from '../answer.ts';
import { type Cell, tableOf } from '../output/table.ts';
import type { Followed } from './follow.ts';

/** How many certificates are followed at once. */
const AT_ONCE = 16;
const COLOURS = {
  renewed: 'green',
  deployed: 'green',
  'not-due': 'green',
  failed: 'red',
  rejected: 'red',
  unfinished: 'yellow',
  waits: 'yellow',
} as const;
const DONE: readonly Followed['outcome'][] = ['renewed', 'deployed', 'not-due'];

/** Follows all certificates at once, with a line for each that changes while it goes on; silent for programs. */
export async function followAll(
  names: readonly string[],
  follow: (name: string, say: (line: string) => void) => Promise<Followed>,
  { silent }: { silent: boolean },
): Promise<Followed[]> {
  const done: Followed[] = [];
  const tasks = names.map((name) => ({
    title: name,
    task: async (_: unknown, task: { title: string }) => {
      let last = '';
      const followed = await follow(name, (line) => {
        if (line === last) return;
        last = line;
        task.title = `${name}: ${line}`;
      });
      done.push(followed);
      task.title = `${name}: ${followed.outcome}`;
      if (followed.outcome === 'failed' || followed.outcome === 'rejected')
        throw new Error(`${name}: ${followed.message}`);
    },
  }));
  const renderer = silent ? ('silent' as const) : ('default' as const);
  await new Listr(tasks, {
    concurrent: AT_ONCE,
    exitOnError: false,
    renderer,
    fallbackRenderer: 'verbose',
    rendererOptions: { collapseErrors: false, showErrorMessage: false },
    fallbackRendererOptions: { logTitleChange: true },
  }).run();
  return names.flatMap((name) => done.filter((followed) => followed.name === name));
}

/** What came of it, for each certificate and host. */
export function followedAnswer(verb: string, followed: readonly Followed[], beside: string[] = []): Answer {
  const failed = followed.filter(({ outcome }) => !DONE.includes(outcome));
  const last = `${verb}: ${followed.length - failed.length} done, ${failed.length} not`;
  const table =
    followed.length > 0 ? [tableOf(['certificate', 'outcome', 'expires', 'why'], followed.map(rowOf))] : [];
  return {
    ok: failed.length === 0,
    json: { certificates: followed },
    text: [...table, ...beside, last].join('\n'),
  };
}

function rowOf({ name, outcome, notAfter, message, hosts }: Followed): Cell[] {
  const told = hosts.map((host) =>
    [`${host.instanceId} ${host.outcome}`, host.message].filter(Boolean).join(': '),
  );
  const why = told.length > 0 ? told.join('\n') : message;
  return [name, { text: outcome, colour: COLOURS[outcome] }, notAfter?.slice(0, 10) ?? '–', why];
}
