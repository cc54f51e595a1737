import { setTimeout as sleep } from 'node:timers/promises';
import pMap from 'p-map';
import type { LocalCloud } from '../local/cloud.ts';
import { servedBy } from '../local/demo/served.ts';
import { benchS3, putRenewal } from './deployment.ts';

const MANY = 50;
const LIMIT_MS = 600_000;
const LOOK_EVERY_MS = 50;
const ASKED_AT_ONCE = 5;
const NAMES = Array.from({ length: MANY }, (_, index) => `boot-${index}.example.com`);
const [FIRST = ''] = NAMES;
const host = (number: number) => ({
  id: `i-${String(number).padStart(17, '0')}`,
  tags: { 'perennial-group': 'web' },
  sites: NAMES.map((name) => ({ serverName: name, lineage: name })),
});

export interface FirstBoots {
  /** Milliseconds from a host's registration to its serving all certificates of its group. */
  registeredToServedMs: { one: number; many: number };
  /** Milliseconds of the command that brings a host the certificates that it lacks, all at once. */
  commandMs: { certificates: number; ms: number };
}

/** One new host for one certificate; then the others to it in one command; then one new host for all. */
export async function measureFirstBoots(cloud: LocalCloud): Promise<FirstBoots> {
  const s3 = benchS3(cloud);
  await putRenewal(cloud, s3, FIRST);
  await cloud.idle(LIMIT_MS);
  const one = await registerHost(cloud, 1, [FIRST]);
  // Out of reach for the single deployments of renewals that do not end together.
  const first = cloud.hosts.get(host(1).id);
  if (!first) throw new Error('the first host is gone');
  first.online = false;
  await pMap(NAMES.slice(1), (name) => putRenewal(cloud, s3, name), { concurrency: ASKED_AT_ONCE });
  s3.destroy();
  await cloud.idle(LIMIT_MS);
  first.online = true;
  const since = new Date();
  await cloud.fireSchedule((expression) => expression === 'rate(1 hour)');
  await cloud.idle(LIMIT_MS);
  const many = await registerHost(cloud, 2, NAMES);
  return {
    registeredToServedMs: { one, many },
    commandMs: { certificates: MANY - 1, ms: longestCommand(cloud, since) },
  };
}

async function registerHost(cloud: LocalCloud, number: number, names: string[]): Promise<number> {
  const { tlsPort } = await cloud.hosts.start(host(number));
  const registered = Date.now();
  const roots = await cloud.caRoots();
  const unseen = new Set(names);
  while (unseen.size > 0) {
    if (Date.now() - registered > LIMIT_MS) throw new Error(`${[...unseen]} are not served`);
    // Until the first is served, the others need no look.
    const [next = ''] = unseen;
    if ((await servedBy(tlsPort, next, roots)) instanceof Error) await sleep(LOOK_EVERY_MS);
    else unseen.delete(next);
  }
  const ms = Date.now() - registered;
  await cloud.idle(LIMIT_MS);
  return ms;
}

function longestCommand(cloud: LocalCloud, since: Date): number {
  const ended = cloud.parts.ssm.endedSince(since);
  return Math.max(...ended.map(({ startedAt, endedAt }) => endedAt.getTime() - startedAt.getTime()));
}
