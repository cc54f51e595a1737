import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { S3Client } from '@aws-sdk/client-s3';
import Table from 'cli-table3';
import pMap from 'p-map';
import { S3Store } from '../lib/aws/s3-store.ts';
import { pointerText } from '../lib/core/live-pointer.ts';
import { liveKey, stateKey } from '../lib/core/object-keys.ts';
import { startCloud } from '../local/cloud.ts';
import { earlierCertificate } from '../local/demo/seed.ts';
import { runCommand } from '../local/setup/run-command.ts';
import { type Spread, spreadOf } from './median.ts';

const COUNT = 1000;
const RUNS = 5;
const PROGRAM = join(import.meta.dirname, '../cli/perennial.mjs');

export interface StatusFigures {
  certificates: number;
  /** With nothing remembered: every pointer and every state is read. */
  firstMs: number;
  /** Later ones, when nothing has changed. */
  laterMs: Spread;
}

/** `perennial status` from start to exit, in a process of its own each time, on certificates that have a pointer and a state. */
export async function measureStatus(): Promise<StatusFigures> {
  const cloud = await startCloud();
  const cache = await mkdtemp(join(tmpdir(), 'perennial-'));
  try {
    await cloud.deploy();
    const { Bucket = '' } = await cloud.outputs();
    await seed(cloud.endpoint, Bucket);
    const once = async () => {
      const started = performance.now();
      await runCommand(process.execPath, [PROGRAM, 'status'], {
        env: { ...cloud.env, XDG_CACHE_HOME: cache },
      }).catch(tellUnwell);
      return performance.now() - started;
    };
    const firstMs = await once();
    const later: number[] = [];
    for (let run = 0; run < RUNS; run += 1) later.push(await once());
    return { certificates: COUNT, firstMs, laterMs: spreadOf(later) };
  } finally {
    await rm(cache, { recursive: true, force: true });
    await cloud.stop();
  }
}

function tellUnwell(error: Error): never {
  throw new Error(`perennial status did not find all well: ${error.message}`, { cause: error });
}

async function seed(endpoint: string, bucket: string): Promise<void> {
  const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
  const store = new S3Store(
    new S3Client({ endpoint, region: 'us-east-1', credentials, forcePathStyle: true }),
    bucket,
  );
  const { pointer } = await earlierCertificate(['n.example.com'], [], 60);
  const suggested = {
    certId: pointer.certId,
    at: new Date(Date.now() + 86_400_000 * 30).toISOString(),
    askAgainAt: new Date().toISOString(),
  };
  const names = Array.from({ length: COUNT }, (_, index) => `n${String(index).padStart(4, '0')}.example.com`);
  await pMap(
    names,
    async (name) => {
      await store.put(stateKey(name), JSON.stringify({ failures: 0, suggested }));
      await store.put(liveKey(name), pointerText({ ...pointer, names: [name] }));
    },
    { concurrency: 8 },
  );
}

export function statusTable({ certificates, firstMs, laterMs }: StatusFigures): string {
  const seconds = (ms: number) => (ms / 1000).toFixed(2);
  const head = [`perennial status, ${certificates} certificates, s`, 'min', 'median', 'max', 'aim'];
  const table = new Table({ head, style: { head: [], border: [] } });
  table.push(['nothing remembered', '', seconds(firstMs), '', 2]);
  table.push([
    'nothing changed since',
    seconds(laterMs.min),
    seconds(laterMs.median),
    seconds(laterMs.max),
    2,
  ]);
  return table.toString();
}
