import { Listr } from 'listr2';

/** Rows that are run one after the other, each of which holds or does not. */
export interface Suite<Row> {
  /** what its last line begins with */
  name: string;
  /** what is said of a row that holds */
  word: string;
  rows: readonly Row[];
  titleOf(row: Row): string;
  /** Throws for what does not hold, otherwise tells what was seen. `say` shows how far a long row is. */
  run(row: Row, say: (line: string) => void): Promise<string>;
  stop(): Promise<void>;
}

/** Runs all rows, prints `<name>: N of N <word>` at the end, and sets the exit status: 1 unless every row held. */
export async function runSuite<Row>({ name, word, rows, titleOf, run, stop }: Suite<Row>): Promise<void> {
  let held = 0;
  const tasks = rows.map((row) => ({
    title: titleOf(row),
    rendererOptions: { persistentOutput: true },
    task: async (_: unknown, task: { title: string; output: string }) => {
      const since = performance.now();
      try {
        const seen = await run(row, (line) => {
          task.output = line;
        });
        held += 1;
        task.title = `${titleOf(row)}: ${seen} (${seconds(since)})`;
      } catch (error) {
        const [line] = String(error instanceof Error ? error.message : error).split('\n');
        task.title = `${titleOf(row)}: NOT ${word}: ${line} (${seconds(since)})`;
        throw error;
      }
    },
  }));
  try {
    await new Listr(tasks, { exitOnError: false, fallbackRenderer: 'simple' }).run();
  } finally {
    await stop();
  }
  console.log(`${name}: ${held} of ${rows.length} ${word}`);
  process.exitCode = held === rows.length && held > 0 ? 0 : 1;
}

const seconds = (since: number) => `${((performance.now() - since) / 1000).toFixed(1)} s`;
