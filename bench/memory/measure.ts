import { InvokeCommand, LambdaClient, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda';
import type { LocalCloud } from '../../local/cloud.ts';
import { BenchBucket } from '../bill/bucket.ts';
import { startBenchCloud } from '../cloud.ts';
import { checkHourly, seedWaiting } from '../hourly-check.ts';
import { createZone } from '../zone.ts';
import { addReport, LINE, type LineFunction, type Load, pointOf, type Run } from './figures.ts';

const ZONE = 'example.com';
const HOST = { id: 'i-00000000000000001', tags: { 'perennial-group': 'web' }, sites: [] };
const IDLE_LIMIT_MS = 600_000;
const CREDENTIALS = { accessKeyId: 'bench', secretAccessKey: 'bench' };
/** One core is 1,769 MB; less than 128 there is not. */
export const SIZES = [128, 256, 512, 1024, 1769, 2048];

export interface MemoryOptions {
  sizes: readonly number[];
  runs: number;
  /** of the hourly check in which nothing is due */
  waiting: number;
}

/** The line at each size of memory, its functions cold and with their share of a core: one certificate, ten with a wait, and a check. */
export async function measureMemory({ sizes, runs, waiting }: MemoryOptions): Promise<Load[]> {
  // What fails for want of memory fails five times, and is out of the way.
  const cloud = await startBenchCloud({ hosts: [HOST], queueRetryAfterMs: 100 });
  try {
    await cloud.deploy();
    await createZone(cloud, ZONE);
    const bench = new MemoryBench(cloud, await BenchBucket.of(cloud));
    const issue = (certificates: number) => (label: string) => bench.issue(certificates, label);
    await bench.measure(1769, () => issue(1)('account'));
    const loads: Load[] = [];
    const add = async (title: string, many: number, work: (label: string) => Promise<number | undefined>) => {
      const points = [];
      for (const memoryMb of sizes) {
        const taken: Run[] = [];
        for (let run = 0; run < many; run += 1)
          taken.push(await bench.measure(memoryMb, () => work(`${loads.length}-${memoryMb}-${run}`)));
        points.push(pointOf(memoryMb, taken));
      }
      loads.push({ title, runs: many, points });
    };
    await add('one certificate, no propagation', runs, issue(1));
    cloud.setPropagation(5000);
    await add('ten certificates, 5 s of propagation', 1, issue(10));
    cloud.setPropagation(0);
    await seedWaiting(cloud, waiting);
    await bench.measure(1769, () => bench.check());
    await add(`hourly check of ${waiting} certificates, nothing due`, runs, () => bench.check());
    return loads;
  } finally {
    await cloud.stop();
  }
}

class MemoryBench {
  readonly #cloud: LocalCloud;
  readonly #bucket: BenchBucket;
  readonly #lambda: LambdaClient;
  #memoryMb = 0;
  #run: Run = { pointerMs: undefined, functions: {}, failed: {} };

  constructor(cloud: LocalCloud, bucket: BenchBucket) {
    const { endpoint } = cloud;
    this.#cloud = cloud;
    this.#bucket = bucket;
    this.#lambda = new LambdaClient({ endpoint, region: 'us-east-1', credentials: CREDENTIALS });
    cloud.onInvocation((name, { report, functionError, payload }) => {
      const short = LINE.find((one) => name.endsWith(`-${one}`));
      if (!short) return;
      if (functionError) this.#run.failed[short] = JSON.parse(payload).errorType;
      this.#run.functions[short] = addReport(this.#run.functions[short], this.#memoryMb, report);
    });
  }

  /** What each function took of this work, with this memory and cold. */
  async measure(memoryMb: number, work: () => Promise<number | undefined>): Promise<Run> {
    for (const name of LINE) await this.#setMemory(name, memoryMb);
    await this.#cloud.coolDown();
    this.#memoryMb = memoryMb;
    this.#run = { pointerMs: undefined, functions: {}, failed: {} };
    const pointerMs = await work();
    return { ...this.#run, pointerMs: Object.keys(this.#run.failed).length === 0 ? pointerMs : undefined };
  }

  /** From a check that finds new files to the last pointer, in milliseconds; the hosts have been told when it ends. */
  async issue(certificates: number, label: string): Promise<number | undefined> {
    const names = Array.from({ length: certificates }, (_, index) => `m${label}-${index}.${ZONE}`);
    for (const name of names) await this.#bucket.want(name, ['web']);
    const since = new Date();
    await this.#invokeScan();
    await this.#cloud.idle(IDLE_LIMIT_MS);
    const ends = this.#cloud.calls
      .matching({ service: 's3', action: 'PutObject', since })
      .filter(
        ({ resource = '', status }) =>
          status === 200 && names.some((name) => resource.endsWith(`/live/${name}.json`)),
      )
      .map(({ at, durationMs }) => at.getTime() + durationMs);
    if (ends.length === names.length) return Math.max(...ends) - since.getTime();
    // The next check, with more memory, would renew what was not renewed.
    for (const name of names) await this.#bucket.forget(name);
    return undefined;
  }

  async check(): Promise<undefined> {
    await checkHourly(this.#cloud).catch((error: Error) => {
      if (!this.#run.failed.scan) throw error;
    });
    await this.#cloud.idle(IDLE_LIMIT_MS);
  }

  async #invokeScan(): Promise<void> {
    const Payload = JSON.stringify({ start: 'hourly-check' });
    await this.#lambda.send(new InvokeCommand({ FunctionName: 'perennial-local-scan', Payload }));
  }

  async #setMemory(name: LineFunction, MemorySize: number): Promise<void> {
    const FunctionName = `perennial-local-${name}`;
    await this.#lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, MemorySize }));
  }
}
