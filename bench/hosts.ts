import Table from 'cli-table3';
import type { CloudOptions, LocalCloud } from '../local/cloud.ts';
import { startBenchCloud } from './cloud.ts';
import { DEPLOYMENT_HOST, type Deployments, measureDeployments } from './deployment.ts';
import { type FirstBoots, measureFirstBoots } from './first-boot.ts';
import { type Fleet, measureFleets } from './fleet.ts';
import { createZone } from './zone.ts';

/** From a renewed certificate to one host. */
export const measureHost = (): Promise<Deployments> =>
  inCloud(measureDeployments, { hosts: [DEPLOYMENT_HOST] });

/** From a renewal file to fleets of hosts; takes twenty minutes. */
export const measureGroups = (): Promise<Fleet[]> => inCloud(measureFleets);

/** From a new host's registration to its serving one certificate, and fifty. */
export const measureBoot = (): Promise<FirstBoots> => inCloud(measureFirstBoots, { stateManager: true });

async function inCloud<Figures>(
  measure: (cloud: LocalCloud) => Promise<Figures>,
  options: CloudOptions = {},
): Promise<Figures> {
  const cloud = await startBenchCloud(options);
  try {
    await cloud.deploy();
    await createZone(cloud, 'example.com');
    return await measure(cloud);
  } finally {
    await cloud.stop();
  }
}

export function hostTable({ runs, renewedToSeenMs: { min, median, max } }: Deployments): string {
  const table = new Table({
    head: [`one host, functions cold, ${runs} runs`, 'min', 'median', 'max', 'aim'],
    style: { head: [], border: [] },
  });
  table.push(['Certificate Renewed → new certificate seen over TLS, ms', min, Math.round(median), max, 2000]);
  return table.toString();
}

export function bootTable({ registeredToServedMs: { one, many }, commandMs }: FirstBoots): string {
  const table = new Table({
    head: ['a new host, one run', 's', 'aim'],
    style: { head: [], border: [] },
  });
  const seconds = (ms: number) => (ms / 1000).toFixed(1);
  table.push(
    ['registered → its only certificate served', seconds(one), '5.0'],
    ['registered → 50 certificates served', seconds(many), '15.0'],
    [`one command with ${commandMs.certificates} certificates`, seconds(commandMs.ms), '15.0'],
  );
  return table.toString();
}

export function groupsTable(fleets: readonly Fleet[]): string {
  const table = new Table({
    head: ['a certificate to a group, one run', ...fleets.map(({ hosts }) => `${hosts} hosts`)],
    style: { head: [], border: [] },
  });
  const row = (label: string, figure: (fleet: Fleet) => string | number) =>
    table.push([label, ...fleets.map(figure)]);
  row('hosts that serve it at the end', ({ served }) => served);
  row('renewal file put → last host recorded, s', ({ wallMs }) => (wallMs / 1000).toFixed(0));
  row('peak memory of deploy, MB', ({ peakMb }) => peakMb.deploy);
  row('peak memory of confirm, MB', ({ peakMb }) => peakMb.confirm);
  row('least time between two looks at the canary, ms', ({ leastBetweenLooksMs }) => leastBetweenLooksMs);
  return table.toString();
}
