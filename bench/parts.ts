import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { measureUsage } from './bill/measure.ts';
import { monthlyBill } from './bill/model.ts';
import { billTable } from './bill/table.ts';
import { measureBundles } from './bundles.ts';
import { startBenchCloud } from './cloud.ts';
import { bootTable, groupsTable, hostTable, measureBoot, measureGroups, measureHost } from './hosts.ts';
import { measureManyRenewals } from './many-renewals.ts';
import { measureMemory, SIZES } from './memory/measure.ts';
import { drawMemory } from './memory/picture.ts';
import { memoryTable } from './memory/table.ts';
import { compareWithPeers } from './peers/compare.ts';
import { drawComparison } from './peers/picture.ts';
import { plansOf } from './peers/plans.ts';
import { ratiosOf } from './peers/ratios.ts';
import { comparisonTable } from './peers/table.ts';
import { profileRenew } from './profile/measure.ts';
import { profileTable } from './profile/table.ts';
import { measureScans, scanTable } from './scan.ts';
import { measureSingleRenewals } from './single-renewal.ts';
import { measureStatus, statusTable } from './status.ts';
import { bundleTable, manyTable, singleTable } from './tables.ts';

/** What is measured, by the word that asks for it: `npm run bench -- host`. */
export const PARTS = {
  renewals: measureRenewals,
  host: measureHostPart,
  boot: measureBootPart,
  groups: measureGroupsPart,
  bundles: measureBundlesPart,
  status: measureStatusPart,
  peers: measurePeersPart,
  scan: measureScanPart,
  bill: measureBillPart,
  memory: measureMemoryPart,
  profile: measureProfilePart,
};
async function measureRenewals() {
  const cloud = await startBenchCloud();
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
  const cloud = await startBenchCloud();
  try {
    await cloud.deploy();
    const peers = await compareWithPeers(cloud, plansOf(options));
    await writeFile(join(import.meta.dirname, 'results.svg'), drawComparison(peers));
    return { figures: { peers, ratios: ratiosOf(peers) }, table: comparisonTable(peers) };
  } finally {
    await cloud.stop();
  }
}

async function measureScanPart({ quick }: { quick: boolean }) {
  const scans = await measureScans(quick ? [100, 1000] : [100, 1000, 10_000]);
  return { figures: { scans }, table: scanTable(scans) };
}

async function measureMemoryPart({ quick }: { quick: boolean }) {
  const options = quick
    ? { sizes: [128, 512, 2048], runs: 1, waiting: 100 }
    : { sizes: SIZES, runs: 3, waiting: 1000 };
  const memory = await measureMemory(options);
  const picture = join(import.meta.dirname, '../docs/images/memory.svg');
  if (!quick) await writeFile(picture, drawMemory(memory));
  return { figures: { memory }, table: memoryTable(memory) };
}

async function measureProfilePart({ quick }: { quick: boolean }) {
  const profile = await profileRenew(quick ? 5 : 20);
  return { figures: { profile }, table: profileTable(profile) };
}

/** Without two sizes that are over one page of a list, what a list costs by the certificate would not be seen. */
async function measureBillPart({ quick }: { quick: boolean }) {
  const prices = JSON.parse(await readFile(join(import.meta.dirname, 'prices.json'), 'utf8'));
  const usage = await measureUsage(quick ? [60, 120] : [100, 1000, 2000]);
  const bills = [10, 1000, 100_000].map((certificates) => monthlyBill(usage, certificates, prices));
  return { figures: { bill: { usage, bills } }, table: billTable(bills, usage, prices) };
}
