import { parseArgs } from 'node:util';
import { runSuite } from '../suite/run-suite.ts';
import { rowsOf } from './attack.ts';
import { POSITIONS } from './rows/all.ts';
import { Stages } from './stages.ts';

const { values } = parseArgs({ options: { row: { type: 'string', multiple: true } } });

/** `npm run attacks [-- --row container-3 --row ca]`: every attack of docs/operate/attacks.md, one, or one attacker's. */
const stages = new Stages();
const isChosen = (id: string) =>
  values.row?.some((wanted) => id === wanted || id.replace(/-\d+$/, '') === wanted) ?? true;
await runSuite({
  name: 'attacks',
  word: 'withstood',
  rows: POSITIONS.flatMap(rowsOf).filter(({ id }) => isChosen(id)),
  titleOf: ({ id, tried }) => `${id.padEnd(12)} ${tried}`,
  run: (row) => row.run(stages),
  stop: () => stages.stop(),
});
