import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ExecutionEnvironment } from '../../local/lambda/execution-environment.ts';
import { CpuControl, findCpuControl } from '../../local/lambda/share/cpu-control.ts';
import { deployedFunction } from '../fakes/deployed-function.ts';

const START_CPU_MS = 250;
const HANDLER = `
const spin = (ms) => { while (process.cpuUsage().user / 1000 < ms); };
spin(${START_CPU_MS});
export const main = async ({ busyMs }) => {
  for (const until = performance.now() + busyMs; performance.now() < until; );
  return 'done';
};
`;
const BUSY_MS = 2000;
/** A seventh of a core. */
const MEMORY_MB = 256;
const found = findCpuControl();
const skipped = typeof found === 'string' ? ` SKIPPED: ${found}` : '';

describe.skipIf(skipped !== '')(`a function with its share of a core${skipped}`, () => {
  const deployed = deployedFunction(MEMORY_MB);
  let taskRoot: string;
  let environment: ExecutionEnvironment;
  const invoke = async (busyMs: number) => {
    const { report } = await environment.invoke({ requestId: 'one', payload: JSON.stringify({ busyMs }) });
    return { ...report, cpu: report.cpu ?? { usedMs: Number.NaN, throttledMs: Number.NaN } };
  };

  beforeAll(async () => {
    taskRoot = await mkdtemp(join(tmpdir(), 'perennial-share-'));
    await writeFile(join(taskRoot, 'it.mjs'), HANDLER);
    environment = new ExecutionEnvironment(deployed, {
      taskRoot,
      variables: { LAMBDA_TASK_ROOT: taskRoot, _HANDLER: deployed.handler },
      speed: 1,
      profileTo: undefined,
      cpu: found instanceof CpuControl ? found : undefined,
      onLine: () => {},
    });
    environment.limitCpu(true);
  });

  afterAll(async () => {
    await environment.stop();
    await rm(taskRoot, { recursive: true });
  });

  it('starts with all that it wants', async () => {
    const { cpu } = await invoke(0);
    expect(cpu.usedMs).toBeGreaterThan(START_CPU_MS * 0.8);
    // With a seventh of a core it would have been held back for a second and a half.
    expect(cpu.throttledMs).toBeLessThan(START_CPU_MS);
  });

  it('has a seventh of a core with 256 MB from then on', async () => {
    const { cpu, durationMs } = await invoke(BUSY_MS);
    expect(cpu.usedMs / durationMs).toBeGreaterThan(0.05);
    expect(cpu.usedMs / durationMs).toBeLessThan(0.25);
    // Not much more than that: on a busy machine it waits for its turn, not for its share.
    expect(cpu.throttledMs).toBeGreaterThan(100);
  });

  it('has whole cores again when it is limited no more', async () => {
    environment.limitCpu(false);
    const { cpu } = await invoke(BUSY_MS);
    expect(cpu.throttledMs).toBeLessThan(50);
  });

  it('leaves no group behind', async () => {
    await environment.stop();
    const again = findCpuControl();
    expect(again).toBeInstanceOf(CpuControl);
    expect(found instanceof CpuControl && found.groups()).toEqual([]);
  });
});
