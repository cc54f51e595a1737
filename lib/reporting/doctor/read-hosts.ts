import type { Host } from '../../delivery/deployment/hosts.ts';
import { HostRecord } from '../../delivery/deployment/rules/host-record.ts';
import { hostKey } from '../../foundation/certificate/object-keys.ts';
import { once } from '../../foundation/common/once.ts';
import { parseJson } from '../../foundation/common/parse-json.ts';
import { answerOf } from './answer-of.ts';
import type { DoctorDeps } from './deps.ts';
import type { GroupFacts, HostFacts } from './rules/facts.ts';

/** Looks at host groups: each group and each host's record once for all certificates. */
export function hostReader({ store, hosts, stack }: Pick<DoctorDeps, 'store' | 'hosts' | 'stack'>) {
  const recordOf = once((instanceId: string) => readRecord(store, instanceId));
  const withRecord = async (host: Host): Promise<HostFacts> => ({
    ...host,
    record: await answerOf(recordOf(host.instanceId)),
  });
  const hostsIn = once(async (group: string) => Promise.all((await hosts.inGroup(group)).map(withRecord)));
  return (names: readonly string[]): Promise<GroupFacts[]> => {
    const groups = stack.hostGroups.filter(({ name }) => names.includes(name));
    return Promise.all(groups.map(async (group) => ({ group, hosts: await answerOf(hostsIn(group.name)) })));
  };
}

async function readRecord(store: DoctorDeps['store'], instanceId: string): Promise<HostRecord | undefined> {
  const where = hostKey(instanceId);
  const stored = await store.get(where);
  return stored && parseJson(stored.body, HostRecord, { where, reason: 'host-record-malformed' });
}
