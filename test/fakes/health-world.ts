import { HostsError } from '../../lib/delivery/deployment/hosts.ts';
import { pointerText } from '../../lib/foundation/certificate/live-pointer.ts';
import { groupsOf, type HealthFacts } from '../../lib/scan/rules/health.ts';
import { makeCa } from './certificates.ts';
import { FakeHosts } from './fake-hosts.ts';
import { MemoryStore } from './memory-store.ts';
import { hostGroup, stackOf } from './stack.ts';
import { archiveVersion } from './stored-certificate.ts';

const STACK = stackOf({ hostGroups: ['web', 'api'].map(hostGroup) });
const CA = await makeCa();
const DAY = 86_400_000;
/** As EC2 writes them; the facts have shorter ones. */
export const instanceId = (short: string) => short.replace(/\bi-(\d)\b/g, 'i-0000000$1');

/** The bucket and the fleet of which these are the facts. */
export async function worldOf(facts: HealthFacts) {
  const { name, wanted, file, pointer, state, revocations, records, fleet, lives, pin, acm, now } = facts;
  const store = new MemoryStore(() => now);
  const put = (key: string, content: object) => store.put(key, instanceId(JSON.stringify(content)));
  if (wanted)
    await (file && 'names' in file
      ? put(`renewal/${name}.json`, fileOf(file))
      : store.put(`renewal/${name}.json`, '{'));
  if (pointer)
    await store.put(`live/${name}.json`, pointer === 'unreadable' ? '<html>' : pointerText(pointer));
  if (state) await put(`state/${name}.json`, state);
  if (revocations === 'unreadable') await store.put(`revoked/${name}.json`, '{');
  else if (revocations.length > 0) await put(`revoked/${name}.json`, { versions: revocations });
  if (acm) await put(`acm/${name}.json`, acm);
  for (const record of records) await put(`hosts/${instanceId(record.instanceId)}.json`, record);
  for (const [version, life] of lives?.get(name) ?? []) {
    if (life === 'unknown') continue;
    const [from, notAfter] = [new Date(life.notBefore), new Date(life.notAfter)];
    const days = (notAfter.getTime() - from.getTime()) / DAY;
    await archiveVersion(store, { ca: CA, name }, { version, notAfter, days });
  }
  if (pin) {
    await put(`pins/${name}.json`, { version: pin.version, at: now.toISOString() });
    const notAfter = new Date(pin.until.getTime() + 15 * DAY);
    await archiveVersion(store, { ca: CA, name }, { version: pin.version, notAfter });
  }
  const hosts = new FakeHosts();
  for (const [group, members] of fleet) {
    const named = members.map((host) => ({ ...host, instanceId: instanceId(host.instanceId) }));
    hosts.groups.set(
      group,
      named.map((host) => ({ ...host, agentVersion: '3.3.4000.0' })),
    );
  }
  hosts.before = (group) => {
    if (groupsOf(facts).includes(group) && !fleet.has(group))
      throw new HostsError('hosts-access-denied', 'Systems Manager denied it');
  };
  const hostGroups = file && 'names' in file ? (file.stack.hostGroups ?? STACK.hostGroups) : STACK.hostGroups;
  return { store, hosts, stack: { ...STACK, hostGroups } };
}

function fileOf({ names, key, hosts, acm }: Extract<HealthFacts['file'], { names: unknown }>) {
  return { names, key, hosts, ...(acm && { acm }) };
}
