import { parseArgs } from 'node:util';
import { runSuite } from '../suite/run-suite.ts';
import { ROWS } from './rows/all.ts';
import { Stages } from './stages.ts';
import { KILL_RUNS } from './subject.ts';

const { values } = parseArgs({
  options: {
    row: { type: 'string', multiple: true },
    seed: { type: 'string', default: '1' },
    /** kills at each of row 1's points */
    runs: { type: 'string', default: String(KILL_RUNS) },
    /** functions have all the cores that they want, not Lambda's share of one */
    'whole-cores': { type: 'boolean', default: false },
  },
});

/** `npm run faults [-- --row 6 --seed 42 --runs 25]`: every row against the deployed stack on this machine. */
const stages = new Stages({
  seed: Number(values.seed),
  killRuns: Number(values.runs),
  lambdaShare: !values['whole-cores'],
});
await runSuite({
  name: 'faults',
  word: 'survived',
  rows: ROWS.filter(({ number }) => values.row?.includes(String(number)) ?? true),
  titleOf: ({ number, title }) => `${String(number).padStart(2)} ${title}`,
  run: (row, say) => stages.run(row, say),
  stop: () => stages.stop(),
});
