import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startCloud } from '../local/cloud.ts';
import { SetupError } from '../local/setup/setup-error.ts';
import { measureUsage } from './bill/measure.ts';
import { monthlyBill } from './bill/model.ts';
import { billTable } from './bill/table.ts';
import { measureBundles } from './bundles.ts';
import { bootTable, groupsTable, hostTable, measureBoot, measureGroups, measureHost } from './hosts.ts';
import { measureManyRenewals } from './many-renewals.ts';
import { compareWithPeers } from './peers/compare.ts';
import { drawComparison } from './peers/picture.ts';
import { plansOf } from './peers/plans.ts';
import { ratiosOf } from './peers/ratios.ts';
import { comparisonTable } from './peers/table.ts';
import { measureScans, scanTable } from './scan.ts';
import { measureSingleRenewals } from './single-renewal.ts';
import { measureStatus, statusTable } from './status.ts';
import { bundleTable, manyTable, singleTable } from './tables.ts';

const WITHOUT_DELAYS = { pebble: { retryAfter: { authz: 0, order: 0 }, nonceReject: 0, authzReuse: 0 } };

/** What is measured, by the word that asks for it: `npm run bench -- host`. */
const PARTS = {
  renewals: measureRenewals,
  host: measureHostPart,
  boot: measureBootPart,
  groups: measureGroupsPart,
  bundles: measureBundlesPart,
  status: measureStatusPart,
  peers: measurePeersPart,
  scan: measureScanPart,
  bill: measureBillPart,
};
type Part = keyof typeof PARTS;
/** Measured only when asked for: 200 hosts take twenty minutes. */
const ONLY_ASKED: Part[] = ['groups'];

const isPart = (word: string): word is Part => word in PARTS;

/**
 * `npm run bench`: a renewal and a deployment on this machine, the same renewal by other clients, and what the functions
 * weigh; with words, only those parts; `--quick` leaves out the long comparisons.
 */
async function main(words: string[], quick: boolean): Promise<void> {
  const unknown = words.find((word) => !isPart(word));
  if (unknown)
    throw new SetupError(`there is no "${unknown}" to measure; say ${Object.keys(PARTS).join(', ')}`);
  const file = join(import.meta.dirname, 'results.json');
  const all = (Object.keys(PARTS) as Part[]).filter((part) => !ONLY_ASKED.includes(part));
  const wanted = words.length > 0 ? words.filter(isPart) : all;
  const tables: string[] = [];
  for (const part of wanted) {
    const { figures, table } = await PARTS[part]({ quick });
    const results = { ...JSON.parse(await readFile(file, 'utf8')), ...figures };
    await writeFile(file, `${JSON.stringify(results, null, 2)}\n`);
    tables.push(table);
  }
  console.log(tables.join('\n\n'));
}

async function measureRenewals() {
  const cloud = await startCloud(WITHOUT_DELAYS);
  try {
    await cloud.deploy();
    const single = await measureSingleRenewals(cloud);
    const many = await measureManyRenewals(cloud);
    return { figures: { single, many }, table: `${singleTable(single)}\n\n${manyTable(many)}` };
  } finally {
    await cloud.stop();
  }
}

async function measureHostPart() {
  const host = await measureHost();
  return { figures: { host }, table: hostTable(host) };
}

async function measureBootPart() {
  const boot = await measureBoot();
  return { figures: { boot }, table: bootTable(boot) };
}

async function measureGroupsPart() {
  const groups = await measureGroups();
  return { figures: { groups }, table: groupsTable(groups) };
}

async function measureBundlesPart() {
  const bundles = await measureBundles();
  return { figures: { bundles }, table: bundleTable(bundles) };
}

async function measureStatusPart() {
  const status = await measureStatus();
  return { figures: { status }, table: statusTable(status) };
}

async function measurePeersPart(options: { quick: boolean }) {
  const cloud = await startCloud(WITHOUT_DELAYS);
  try {
    await cloud.deploy();
    const peers = await compareWithPeers(cloud, plansOf(options));
    await writeFile(join(import.meta.dirname, 'results.svg'), drawComparison(peers));
    return { figures: { peers, ratios: ratiosOf(peers.cases) }, table: comparisonTable(peers) };
  } finally {
    await cloud.stop();
  }
}

async function measureScanPart({ quick }: { quick: boolean }) {
  const scans = await measureScans(quick ? [100, 1000] : [100, 1000, 10_000]);
  return { figures: { scans }, table: scanTable(scans) };
}

/** Without two sizes that are over one page of a list, what a list costs by the certificate would not be seen. */
async function measureBillPart({ quick }: { quick: boolean }) {
  const prices = JSON.parse(await readFile(join(import.meta.dirname, 'prices.json'), 'utf8'));
  const usage = await measureUsage(quick ? [60, 120] : [100, 1000, 2000]);
  const bills = [10, 1000, 100_000].map((certificates) => monthlyBill(usage, certificates, prices));
  return { figures: { bill: { usage, bills } }, table: billTable(bills, usage, prices) };
}

try {
  const words = process.argv.slice(2);
  await main(
    words.filter((word) => word !== '--quick'),
    words.includes('--quick'),
  );
} catch (error) {
  console.error(error instanceof SetupError ? error.message : error);
  process.exitCode = 1;
}
