import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Table from 'cli-table3';
import { startCloud } from '../local/cloud.ts';
import { SetupError } from '../local/setup/setup-error.ts';
import { type BundleFigures, measureBundles } from './bundles.ts';
import { type ManyRenewals, measureManyRenewals } from './many-renewals.ts';
import { measureSingleRenewals, type SingleRenewal } from './single-renewal.ts';

/** Kilobytes are 1024 bytes, as in Lambda's quotas. */
const LIMITS: Record<string, { kb: number; ratio: number }> = {
  renew: { kb: 300, ratio: 2.6 },
  deploy: { kb: 160, ratio: 1.5 },
  scan: { kb: 140, ratio: 1.3 },
  confirm: { kb: 140, ratio: 1.3 },
};

/** `npm run bench`: a renewal on this machine, and what the functions weigh. */
async function main(): Promise<void> {
  const cloud = await startCloud({
    pebble: { retryAfter: { authz: 0, order: 0 }, nonceReject: 0, authzReuse: 0 },
  });
  try {
    await cloud.deploy();
    const single = await measureSingleRenewals(cloud);
    const many = await measureManyRenewals(cloud);
    const bundles = await measureBundles(functionEnvironment(cloud.env));
    await writeFile(
      join(import.meta.dirname, 'results.json'),
      `${JSON.stringify({ single, many, bundles }, null, 2)}\n`,
    );
    console.log(`${singleTable(single)}\n\n${manyTable(many)}\n\n${bundleTable(bundles)}`);
  } finally {
    await cloud.stop();
  }
}

/** What the functions read while they are imported. */
function functionEnvironment(env: Record<string, string>): NodeJS.ProcessEnv {
  const settings = {
    BUCKET: 'bench',
    EVENT_BUS: 'bench',
    CONTACT: 'you@example.com',
    AGREE_TO_TERMS: 'true',
    DOMAINS: 'example.com',
    ALSO_ALLOW: '',
    CHALLENGE_TARGETS: '',
    HOST_GROUPS: '{}',
    ACCOUNT_PREFIX: '/bench',
  };
  return { PATH: process.env.PATH, ...env, ...settings };
}

function singleTable({
  runs,
  eventToPointerMs,
  caRequests,
  route53Calls,
  s3Calls,
  peakMb,
}: SingleRenewal): string {
  const table = new Table({
    head: [`one certificate, functions cold, ${runs} runs`, 'min', 'median', 'max', 'aim'],
    style: { head: [], border: [] },
  });
  const row = (
    label: string,
    { min, median, max }: { min: number; median: number; max: number },
    aim: string,
  ) => table.push([label, min, median, max, aim]);
  row('renewal file put → pointer moved, ms', eventToPointerMs, '1500');
  row('requests to the CA', caRequests, '9');
  row('Route 53 calls', route53Calls, '–');
  row('S3 calls', s3Calls, '–');
  for (const [name, mb] of Object.entries(peakMb))
    table.push([`peak memory of ${name}, MB`, '', '', mb, '256']);
  return table.toString();
}

function manyTable(many: ManyRenewals): string {
  const head = [
    `${many.certificates} certificates of one zone, ${many.propagationMs / 1000} s of propagation, one run`,
    '',
    'aim',
  ];
  const table = new Table({ head, style: { head: [], border: [] } });
  table.push(['hourly check invoked → last pointer moved, s', (many.wallMs / 1000).toFixed(1), '–']);
  table.push(['Route 53 change batches', many.changeBatches, 4]);
  table.push(['Route 53 calls for each certificate', many.route53CallsPerCertificate.toFixed(2), '0.15']);
  table.push(['peak memory of renew, MB', many.peakMb, 256]);
  return table.toString();
}

function bundleTable(bundles: Record<string, BundleFigures>): string {
  const table = new Table({
    head: [
      'function',
      'zip, KB',
      'aim',
      'import, ms',
      'over S3 client alone',
      'aim',
      'over it trimmed alike',
    ],
    style: { head: [], border: [] },
  });
  for (const [name, { zipBytes, importMs, importRatio, importRatioTrimmed }] of Object.entries(bundles)) {
    const limit = LIMITS[name];
    table.push([
      name,
      (zipBytes / 1024).toFixed(1),
      limit?.kb,
      importMs.toFixed(1),
      importRatio.toFixed(2),
      limit?.ratio,
      importRatioTrimmed.toFixed(2),
    ]);
  }
  return table.toString();
}

try {
  await main();
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error);
  process.exitCode = 1;
}
