import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readBusy } from '../../bench/profile/cpu-profile.ts';
import { ExecutionEnvironment } from '../../local/lambda/execution-environment.ts';
import { deployedFunction } from '../fakes/deployed-function.ts';

const BUSY_MS = 300;
const HANDLER = `
export const main = async () => {
  const from = Date.now();
  while (Date.now() < from + ${BUSY_MS});
  return [from, Date.now()];
};
`;

it('a profiled function leaves a profile when it is stopped, with its work at the time at which it was done', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'perennial-profile-'));
  try {
    await writeFile(join(folder, 'it.mjs'), HANDLER);
    const environment = new ExecutionEnvironment(deployedFunction(256), {
      taskRoot: folder,
      variables: { LAMBDA_TASK_ROOT: folder, _HANDLER: 'it.main' },
      speed: 1,
      cpu: undefined,
      profileTo: folder,
      onLine: () => {},
    });
    const { payload } = await environment.invoke({ requestId: 'one', payload: '{}' });
    await environment.stop();
    const [fromMs, untilMs] = JSON.parse(payload) as [number, number];
    const busy = await readBusy(folder, () => 'lib/it.ts');
    // Samples on either edge may be of a moment before or after.
    const within = busy.filter(({ atMs }) => atMs > fromMs - 5 && atMs < untilMs + 5);
    expect(within.reduce((so, { ms }) => so + ms, 0)).toBeGreaterThan(BUSY_MS * 0.8);
    expect(within.some(({ kind }) => kind === 'code of this project')).toBe(true);
  } finally {
    await rm(folder, { recursive: true });
  }
});
