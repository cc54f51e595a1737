import { setTimeout as sleep } from 'node:timers/promises';
import pMap from 'p-map';
import type { Host } from '../../lib/delivery/deployment/hosts.ts';
import { readHostRecords } from '../../lib/delivery/deployment/read-host-records.ts';
import { runOf } from '../../lib/delivery/deployment/rules/host-record.ts';
import type { ObjectStore } from '../../lib/foundation/bucket/object-store.ts';
import { readLive } from '../../lib/foundation/bucket/read-pointer.ts';
import type { HostGroup } from '../../lib/foundation/certificate/host-group.ts';
import { HOSTS_PREFIX, instanceIdsIn, stateKey } from '../../lib/foundation/certificate/object-keys.ts';
import { orNone } from '../../lib/foundation/common/parse-json.ts';
import { lastFailed, State } from '../../lib/issuance/renewal/rules/state.ts';
import type { PlannedCertificate } from '../../lib/scan/rules/plan.ts';
import { heldHosts } from './held-hosts.ts';
import {
  type Before,
  type ExpectedHost,
  type HostOutcome,
  type HostsEnd,
  hostOutcomes,
  hostsEnd,
  isFailed,
  isWaiting,
  leaveAlone,
  sentenceOf,
} from './settled.ts';
import { type Settled, settledByPlan } from './settled-by-plan.ts';

export interface FollowDeps {
  store: ObjectStore;
  region: string;
  inGroup(group: string): Promise<Host[]>;
  /** The stack's, with their windows; absent where hosts wait for none. */
  hostGroups?: () => Promise<readonly HostGroup[]>;
}

export interface Followed {
  name: string;
  outcome:
    | 'renewed'
    | 'deployed'
    | 'interrupted'
    | 'nothing-to-deploy'
    | Exclude<HostsEnd, 'served' | 'no-hosts-wanted'>
    | Settled['outcome'];
  message: string;
  version?: string;
  notAfter?: string;
  hosts: HostOutcome[];
}

export interface FollowOptions {
  before: Before;
  /** Milliseconds, of `performance.now()`. */
  deadline: number;
  /** What a scan would decide now; `undefined` where it cannot be asked. */
  decide?: (name: string) => Promise<PlannedCertificate | undefined>;
  say: (line: string) => void;
  /** Ends the wait; throws an AbortError then. */
  signal?: AbortSignal;
}

const READS_AT_ONCE = 32;
const LOOK_EVERY_MS = 500;
const DECIDE_EVERY_MS = 10_000;
/** As long as a host that was sent the command beside one that failed may still need. */
const GRACE_MS = 15_000;

/** What is in the bucket of each certificate before anything is asked for. */
export async function lookBefore(
  { store }: FollowDeps,
  names: readonly string[],
): Promise<Map<string, Before>> {
  const ids = instanceIdsIn(await store.list(HOSTS_PREFIX));
  const records = await readHostRecords({ store }, ids, () => {});
  const look = async (name: string) => {
    const [live, failure] = await Promise.all([
      readLive(store, name).catch(() => undefined),
      findFailure(store, name),
    ]);
    const reportedAt = [...records].flatMap(([id, record]) => {
      const run = runOf(record, name);
      return run ? [[id, run.at] as const] : [];
    });
    return [
      name,
      { version: live?.pointer.version, failedAt: failure?.at, reportedAt: new Map(reportedAt) },
    ] as const;
  };
  return new Map(await pMap(names, look, { concurrency: READS_AT_ONCE }));
}

async function findFailure(store: ObjectStore, name: string) {
  return lastFailed(orNone((await store.get(stateKey(name)))?.body, State))?.lastFailure;
}

/**
 * Follows a certificate until it has a new version that its hosts have answered for, or a new failure, until a scan would not
 * renew it (it is rejected, backs off, is limited, needs nothing), or until the deadline.
 */
export async function followRenewal(
  deps: FollowDeps,
  name: string,
  options: FollowOptions,
): Promise<Followed> {
  const { before, deadline, decide, say, signal } = options;
  say('renewing');
  let settled: Settled | undefined;
  let decideAt = 0;
  for (;;) {
    const [live, failure] = await Promise.all([readLive(deps.store, name), findFailure(deps.store, name)]);
    if (live && live.pointer.version !== before.version) {
      say(`version ${live.pointer.version}, expires ${live.pointer.notAfter.slice(0, 10)}`);
      const { version, hosts: groups } = live.pointer;
      const hosts = await followHosts(deps, { name, groups, version }, options);
      return {
        ...ending('renewed', { name, groups, region: deps.region }, hosts),
        version,
        notAfter: live.pointer.notAfter,
      };
    }
    if (failure && failure.at > (before.failedAt ?? ''))
      return { name, outcome: 'failed', message: `${failure.reason}: ${failure.message}`, hosts: [] };
    // It may have come through while scan was asked, so the bucket is looked at once more before.
    if (settled) return { name, ...settled, hosts: [] };
    if (decide && performance.now() >= decideAt) {
      settled = settledByPlan(await decide(name), failure && `${failure.reason}: ${failure.message}`);
      decideAt = performance.now() + DECIDE_EVERY_MS;
      if (settled) continue;
    }
    if (performance.now() > deadline)
      return {
        name,
        outcome: 'unfinished',
        message:
          'no new version and no failure within the time limit; the stack goes on, and "perennial-tls plan" says what it waits for',
        hosts: [],
      };
    await sleep(LOOK_EVERY_MS, undefined, { ...(signal && { signal }) });
  }
}

/** Follows the installation of the live version on the hosts of `groups`. */
export async function followDeployment(
  deps: FollowDeps,
  { name, groups }: { name: string; groups: readonly string[] },
  options: FollowOptions,
): Promise<Followed> {
  const asked = { name, groups, version: options.before.version };
  return ending('deployed', { ...asked, region: deps.region }, await followHosts(deps, asked, options));
}

async function followHosts(
  deps: FollowDeps,
  { name, groups, version }: { name: string; groups: readonly string[]; version: string | undefined },
  { before, deadline, say, signal }: FollowOptions,
): Promise<HostOutcome[]> {
  const { store, hostGroups } = deps;
  const expected = await expectedHosts(deps, groups);
  const ids = expected.map(({ instanceId }) => instanceId);
  const held = hostGroups
    ? await heldHosts(store, { name, version, expected }, { groups: await hostGroups(), now: new Date() })
    : new Map();
  let failedAt: number | undefined;
  for (;;) {
    const records = await readHostRecords(deps, ids, () => {});
    const outcomes = hostOutcomes(expected, { name, version, records, before, held });
    const waiting = outcomes.filter(isWaiting);
    if (waiting.length === 0) return outcomes;
    say(`waiting for ${waiting.length} of ${outcomes.length} hosts`);
    if (outcomes.some(isFailed)) failedAt ??= performance.now();
    if (failedAt !== undefined && performance.now() > failedAt + GRACE_MS) return leaveAlone(outcomes);
    if (performance.now() > deadline) return outcomes;
    await sleep(LOOK_EVERY_MS, undefined, { ...(signal && { signal }) });
  }
}

async function expectedHosts({ inGroup }: FollowDeps, groups: readonly string[]): Promise<ExpectedHost[]> {
  const found = await Promise.all(
    groups.map(async (group) =>
      (await inGroup(group)).map(({ instanceId, online }) => ({ instanceId, group, online })),
    ),
  );
  return found.flat();
}

function ending(
  good: 'renewed' | 'deployed',
  { name, groups, region }: { name: string; groups: readonly string[]; region: string },
  hosts: HostOutcome[],
): Followed {
  const end = hostsEnd(groups, hosts);
  // It is renewed, and its hosts get it without anybody.
  const isDone = end === 'served' || end === 'no-hosts-wanted' || (end === 'waits' && good === 'renewed');
  const outcome = isDone ? good : end;
  const words = hosts.map((host) => `${host.instanceId} ${host.outcome}`).join(', ');
  const message = [words, sentenceOf(end, groups, region)].filter(Boolean).join('; ');
  return { name, outcome, message, hosts };
}
