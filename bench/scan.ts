import Table from 'cli-table3';
import type { LocalCloud } from '../local/cloud.ts';
import { startBenchCloud } from './cloud.ts';
import { checkHourly, seedWaiting } from './hourly-check.ts';
import { createZone } from './zone.ts';

export interface ScanFigures extends Check {
  certificates: number;
  /** The one before, without an index: it reads every object. */
  first: Check;
}

interface Check {
  /** Of the invocation, its process started before and the handler loaded. */
  wallMs: number;
  peakMb: number;
  s3Requests: number;
}

/** The hourly check of certificates none of which is due or has changed since the last one, with a cold function. */
export async function measureScans(sizes: readonly number[]): Promise<ScanFigures[]> {
  const figures: ScanFigures[] = [];
  for (const size of sizes) {
    const cloud = await startBenchCloud();
    try {
      await cloud.deploy();
      figures.push(await measureScan(cloud, size));
    } finally {
      await cloud.stop();
    }
  }
  return figures;
}

async function measureScan(cloud: LocalCloud, certificates: number): Promise<ScanFigures> {
  await createZone(cloud, 'example.com');
  await seedWaiting(cloud, certificates);
  const first = await checkOnce(cloud, certificates);
  return { certificates, first, ...(await checkOnce(cloud, certificates)) };
}

async function checkOnce(cloud: LocalCloud, certificates: number): Promise<Check> {
  await cloud.coolDown();
  let wallMs = 0;
  let peakMb = 0;
  cloud.onInvocation((name, { report }) => {
    if (!name.endsWith('-scan')) return;
    wallMs = report.durationMs;
    peakMb = report.maxMemoryMb;
  });
  const since = new Date();
  const plan = await checkHourly(cloud);
  const waiting = plan.certificates.filter(({ action }) => action === 'wait').length;
  if (waiting !== certificates)
    throw new Error(
      `${waiting} of ${certificates} certificates wait: ${JSON.stringify(plan.certificates[0])}`,
    );
  const s3Requests = cloud.calls.matching({ service: 's3', since, principal: /ScanRole/ }).length;
  return { wallMs, peakMb, s3Requests };
}

export function scanTable(figures: readonly ScanFigures[]): string {
  const head = [
    'hourly check, nothing due or changed, one run',
    ...figures.map(({ certificates }) => `${certificates} certificates`),
  ];
  const table = new Table({ head, style: { head: [], border: [] } });
  table.push(['scan invoked → answered, s', ...figures.map(({ wallMs }) => (wallMs / 1000).toFixed(2))]);
  table.push(['peak memory of scan, MB', ...figures.map(({ peakMb }) => peakMb)]);
  table.push(['S3 requests of scan', ...figures.map(({ s3Requests }) => s3Requests)]);
  table.push(['the same without an index', ...figures.map(({ first }) => first.s3Requests)]);
  return table.toString();
}
