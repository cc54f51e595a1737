import pMap from 'p-map';
import type { LocalCloud } from '../local/cloud.ts';
import { servedBy } from '../local/demo/served.ts';
import { startLargeFleet } from '../local/hosts/large-fleet.ts';
import { benchS3, putRenewal } from './deployment.ts';

const SIZES = [20, 200];
const FIRST = 1000;
const ASKED_AT_ONCE = 10;
const LIMIT_MS = 1_800_000;
const nameOf = (hosts: number) => `fleet-${hosts}.example.com`;
/** Ids of both kinds. */
const idOf = (number: number) => `${number % 2 === 0 ? 'i' : 'mi'}-${String(number).padStart(17, '0')}`;

export interface Fleet {
  hosts: number;
  /** Hosts that serve the new certificate at the end. */
  served: number;
  /** From the renewal file being put to the last host's record. */
  wallMs: number;
  peakMb: { deploy: number; confirm: number };
  /** The shortest time between two looks of `deploy` at a command. */
  leastBetweenLooksMs: number;
}

/** A certificate to all hosts of a group, with the real script and a few Nginxes; the larger group has the smaller one in it. */
export async function measureFleets(cloud: LocalCloud): Promise<Fleet[]> {
  const fleets: Fleet[] = [];
  let started = 0;
  for (const hosts of SIZES) {
    const sites = SIZES.filter((size) => size >= hosts).map((size) => ({
      serverName: nameOf(size),
      lineage: nameOf(size),
    }));
    const added = Array.from({ length: hosts - started }, (_, index) => idOf(FIRST + started + index));
    await startLargeFleet(
      cloud.hosts,
      added.map((id) => ({ id, tags: { 'perennial-group': 'web' }, sites })),
    );
    started = hosts;
    fleets.push(await deployTo(cloud, hosts));
  }
  return fleets;
}

async function deployTo(cloud: LocalCloud, hosts: number): Promise<Fleet> {
  await cloud.coolDown();
  const peakMb = { deploy: 0, confirm: 0 };
  cloud.onInvocation((name, { report }) => {
    const short = name.split('-').at(-1);
    if (short === 'deploy' || short === 'confirm')
      peakMb[short] = Math.max(peakMb[short], report.maxMemoryMb);
  });
  const s3 = benchS3(cloud);
  const since = new Date();
  await putRenewal(cloud, s3, nameOf(hosts));
  await cloud.idle(LIMIT_MS);
  s3.destroy();
  const wallMs = Date.now() - since.getTime();
  const served = await countServed(cloud, hosts);
  return {
    hosts,
    served,
    wallMs,
    peakMb: { ...peakMb },
    leastBetweenLooksMs: leastBetweenLooks(cloud, since),
  };
}

async function countServed(cloud: LocalCloud, hosts: number): Promise<number> {
  const roots = await cloud.caRoots();
  const fleet = cloud.hosts.all().filter(({ id }) => Number(id.split('-')[1]) >= FIRST);
  const ask = ({ tlsPort }: { tlsPort: number }) => servedBy(tlsPort, nameOf(hosts), roots);
  const answers = await pMap(fleet, ask, { concurrency: ASKED_AT_ONCE });
  return answers.filter((answer) => !(answer instanceof Error)).length;
}

function leastBetweenLooks(cloud: LocalCloud, since: Date): number {
  const looks = cloud.calls
    .matching({ service: 'ssm', action: 'GetCommandInvocation', since })
    .filter(({ principal }) => principal.includes('DeployRole'))
    .map(({ at }) => at.getTime());
  return Math.min(...looks.slice(1).map((at, index) => at - (looks[index] ?? 0)));
}
