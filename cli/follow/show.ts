import { Listr } from 'listr2';
import { describeError } from '../../lib/foundation/common/describe-error.ts';
import { oneLine } from '../../lib/foundation/common/one-line.ts';
import type { Answer } from '../answer.ts';
import { type Cell, tableOf } from '../output/table.ts';
import type { Followed } from './follow.ts';

/** How many certificates are followed at once. */
const AT_ONCE = 16;
const LONGEST = 1_000;
export const COLOURS: Record<Followed['outcome'], 'green' | 'yellow' | 'red'> = {
  renewed: 'green',
  deployed: 'green',
  'not-due': 'green',
  failed: 'red',
  rejected: 'red',
  revoked: 'red',
  'no-hosts': 'red',
  offline: 'red',
  'not-served': 'red',
  'nothing-to-deploy': 'red',
  unfinished: 'yellow',
  interrupted: 'yellow',
  waits: 'yellow',
};
const DONE: readonly Followed['outcome'][] = ['renewed', 'deployed', 'not-due'];
export const isDone = ({ outcome }: Pick<Followed, 'outcome'>) => DONE.includes(outcome);

/** What a wait is given: whom it tells, and what ends it. */
interface Watch {
  say: (line: string) => void;
  signal: AbortSignal;
}

/**
 * Follows all certificates at once, in a terminal with a line for each that changes while it goes on, elsewhere with one when
 * it has ended; silent for programs. Whoever interrupts it ends the watching, and gets what is known by then.
 */
export async function followAll(
  names: readonly string[],
  follow: (name: string, watch: Watch) => Promise<Followed>,
  { silent }: { silent: boolean },
): Promise<Followed[]> {
  const done: Followed[] = [];
  const interruption = new AbortController();
  const interrupt = () => interruption.abort();
  const { signal } = interruption;
  const isWatched = process.stdout.isTTY === true;
  const tasks = names.map((name) => ({
    title: name,
    task: async (_: unknown, task: { title: string }) => {
      let last = '';
      const say = (line: string) => {
        if (line === last) return;
        last = line;
        task.title = oneLine(`${name}: ${line}`, LONGEST);
      };
      const followed = await untilEnded(name, () => follow(name, { say, signal }), signal);
      done.push(followed);
      task.title = `${name}: ${followed.outcome}`;
      // Into a file or a pipe goes what came of it, and not how it went.
      if (!silent && !isWatched) console.log(task.title);
      if (COLOURS[followed.outcome] === 'red')
        throw new Error(oneLine(`${name}: ${followed.message}`, LONGEST));
    },
  }));
  process.once('SIGINT', interrupt);
  await new Listr(tasks, {
    concurrent: AT_ONCE,
    exitOnError: false,
    // Its own ends the process without a word on what goes on.
    registerSignalListeners: false,
    renderer: silent || !isWatched ? 'silent' : 'default',
    rendererOptions: { collapseErrors: false, showErrorMessage: false },
  })
    .run()
    .finally(() => process.off('SIGINT', interrupt));
  return names.flatMap((name) => done.filter((followed) => followed.name === name));
}

const GOES_ON = 'the stack goes on, and "perennial-tls status" shows what comes of it';

/** A wait that was interrupted, or that failed, is an outcome too: the others are still told. */
async function untilEnded(
  name: string,
  follow: () => Promise<Followed>,
  signal: AbortSignal,
): Promise<Followed> {
  const interrupted: Followed = {
    name,
    outcome: 'interrupted',
    message: `interrupted; ${GOES_ON}`,
    hosts: [],
  };
  if (signal.aborted) return interrupted;
  return follow().catch((error): Followed => {
    if (signal.aborted) return interrupted;
    const message = `it could not be followed: ${describeError(error).message}; ${GOES_ON}`;
    return { name, outcome: 'unfinished', message, hosts: [] };
  });
}

/** What came of it, for each certificate and host. */
export function followedAnswer(verb: string, followed: readonly Followed[], beside: string[] = []): Answer {
  const failed = followed.filter((one) => !isDone(one));
  const idle = followed.filter(({ outcome }) => outcome === 'not-due').length;
  const done = followed.length - failed.length - idle;
  const last = `${verb}: ${done} done, ${idle > 0 ? `${idle} not due, ` : ''}${failed.length} not`;
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
  const [, ...more] = hosts.length > 0 ? message.split('; ') : ['', message];
  const why = [...told, more.join('; ')].filter(Boolean).join('\n');
  return [name, { text: outcome, colour: COLOURS[outcome] }, notAfter?.slice(0, 10) ?? '–', why];
}
