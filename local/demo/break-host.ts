import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FOLLOWED, type HostState, hostStates } from './host-states.ts';
import type { Chapter } from './host-table.ts';
import type { Demo } from './scenario.ts';
import { servedBy } from './served.ts';

const FORCE = join(import.meta.dirname, '../../events/force-renewal.json');
/** A machine that is busy with other things takes its time. */
const IDLE_LIMIT_MS = 170_000;
const PROBE_EVERY_MS = 20;
/** A line that somebody got wrong. */
const BROKEN = 'events {}\nhttp { sever { listen 443 ssl; } }\n';

/** Renews while the host that goes first has a broken Nginx configuration. */
export async function renewOnBrokenHost(
  demo: Demo,
  before: readonly HostState[],
): Promise<{ chapter: Chapter; repair: () => Promise<void> }> {
  const host = demo.cloud.hosts.get(demo.hosts[0]?.id ?? '');
  if (!host) throw new Error('the demo has no host to break');
  const repair = await host.nginx.writeConfiguration(BROKEN);
  await demo.cloud.parts.aws.functions.invoke('perennial-local-scan', await readFile(FORCE, 'utf8'));
  await demo.cloud.idle(IDLE_LIMIT_MS);
  const title = `${FOLLOWED} renewed by force, with a wrong line in nginx.conf on ${host.id}`;
  return { chapter: { title, before, after: await hostStates(demo) }, repair };
}

/** Repairs the host, and waits for what the hourly check does. */
export async function repairHost(
  demo: Demo,
  { before, repair }: { before: readonly HostState[]; repair: () => Promise<void> },
): Promise<Chapter> {
  await repair();
  await demo.cloud.fireSchedule((expression) => expression === 'rate(1 hour)');
  await demo.cloud.idle(IDLE_LIMIT_MS);
  return { title: 'nginx.conf repaired; the next hourly check', before, after: await hostStates(demo) };
}

/** Asks every host over TLS, 50 times a second, until it is stopped. */
export function probeHosts({ hosts, roots }: Demo): () => Promise<{ asked: number; failures: string[] }> {
  const seen = { asked: 0, failures: [] as string[] };
  let going = true;
  const probe = async ({ id, port }: Demo['hosts'][number]) => {
    while (going) {
      const served = await servedBy(port, FOLLOWED, roots);
      seen.asked += 1;
      if (served instanceof Error) seen.failures.push(`${id}: ${served.message}`);
      await sleep(PROBE_EVERY_MS);
    }
  };
  const probes = Promise.all(hosts.map(probe));
  return async () => {
    going = false;
    await probes;
    return seen;
  };
}
