import { parseArgs } from 'node:util';
import { Listr } from 'listr2';
import type { HostRow, Row } from './row.ts';
import { ROWS } from './rows/all.ts';
import { Stages } from './stages.ts';
import { KILL_RUNS } from './subject.ts';

const { values } = parseArgs({
  options: {
    row: { type: 'string', multiple: true },
    seed: { type: 'string', default: '1' },
    /** kills at each of row 1's points */
    runs: { type: 'string', default: String(KILL_RUNS) },
  },
});

/** `npm run faults [-- --row 6 --seed 42 --runs 25]`: every row against the deployed stack on this machine. */
async function main(): Promise<void> {
  const chosen = ROWS.filter(({ number }) => values.row?.includes(String(number)) ?? true);
  const stages = new Stages({ seed: Number(values.seed), killRuns: Number(values.runs) });
  let survived = 0;
  const tasks = chosen.map((row) => ({
    title: titleOf(row),
    rendererOptions: { persistentOutput: true },
    task: async (_: unknown, task: { title: string; output: string }) => {
      const since = performance.now();
      try {
        const seen = await stages.run(row, (line) => {
          task.output = line;
        });
        survived += 1;
        task.title = `${titleOf(row)}: ${seen} (${seconds(since)})`;
      } catch (error) {
        const [line] = String(error instanceof Error ? error.message : error).split('\n');
        task.title = `${titleOf(row)}: NOT survived: ${line} (${seconds(since)})`;
        throw error;
      }
    },
  }));
  try {
    await new Listr(tasks, { exitOnError: false, fallbackRenderer: 'simple' }).run();
  } finally {
    await stages.stop();
  }
  console.log(`faults: ${survived} of ${chosen.length} survived`);
  process.exitCode = survived === chosen.length ? 0 : 1;
}

const titleOf = ({ number, title }: Row | HostRow) => `${String(number).padStart(2)} ${title}`;
const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

await main();
