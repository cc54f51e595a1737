import { join } from 'node:path';
import Table from 'cli-table3';
import { runCommand } from '../local/setup/run-command.ts';
import { startBenchCloud } from './cloud.ts';
import { checkHourly, seedWaiting } from './hourly-check.ts';
import { type Spread, spreadOf } from './median.ts';
import { createZone } from './zone.ts';

const COUNT = 1000;
const RUNS = 5;
const PROGRAM = join(import.meta.dirname, '../cli/perennial.mjs');

export interface StatusFigures {
  certificates: number;
  /** Before the first hourly check: every pointer and every state is read. */
  withoutIndexMs: number;
  /** After one, whose index says what has not changed since. */
  wallMs: Spread;
}

/** `perennial status` from start to exit, in a process of its own each time, on certificates that have a pointer and a state. */
export async function measureStatus(): Promise<StatusFigures> {
  const cloud = await startBenchCloud();
  try {
    await cloud.deploy();
    await createZone(cloud, 'example.com');
    await seedWaiting(cloud, COUNT);
    const once = async () => {
      const started = performance.now();
      await runCommand(process.execPath, [PROGRAM, 'status'], { env: cloud.env }).catch(tellUnwell);
      return performance.now() - started;
    };
    const withoutIndexMs = await once();
    await checkHourly(cloud);
    const later: number[] = [];
    for (let run = 0; run < RUNS; run += 1) later.push(await once());
    return { certificates: COUNT, withoutIndexMs, wallMs: spreadOf(later) };
  } finally {
    await cloud.stop();
  }
}

function tellUnwell(error: Error): never {
  throw new Error(`perennial status did not find all well: ${error.message}`, { cause: error });
}

export function statusTable({ certificates, withoutIndexMs, wallMs }: StatusFigures): string {
  const seconds = (ms: number) => (ms / 1000).toFixed(2);
  const head = [`perennial status, ${certificates} certificates, s`, 'min', 'median', 'max', 'aim'];
  const table = new Table({ head, style: { head: [], border: [] } });
  table.push(['from start to exit', seconds(wallMs.min), seconds(wallMs.median), seconds(wallMs.max), 2]);
  table.push(['before the first hourly check', '', seconds(withoutIndexMs), '', '–']);
  return table.toString();
}
