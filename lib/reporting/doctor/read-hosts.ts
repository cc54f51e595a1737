import type { Host } from '../../delivery/deployment/hosts.ts';
import { HostRecord } from '../../delivery/deployment/rules/host-record.ts';
import type { HostGroup } from '../../foundation/certificate/host-group.ts';
import { hostKey } from '../../foundation/certificate/object-keys.ts';
import { once } from '../../foundation/common/once.ts';
import { parseJson } from '../../foundation/common/parse-json.ts';
import { answerOf } from './answer-of.ts';
import type { DoctorDeps } from './deps.ts';
import type { GroupFacts, HostFacts } from './rules/facts.ts';

/** Looks at host groups: each group and each host's record once for all certificates. */
export class HostReader {
  readonly #groups: readonly HostGroup[];
  readonly #lookAt;

  constructor({ store, hosts, stack }: Pick<DoctorDeps, 'store' | 'hosts' | 'stack'>) {
    this.#groups = stack.hostGroups;
    const recordOf = once((instanceId: string) => readRecord(store, instanceId));
    const withRecord = async (host: Host): Promise<HostFacts> => ({
      ...host,
      record: await answerOf(recordOf(host.instanceId)),
    });
    this.#lookAt = once(async (group: string) => Promise.all((await hosts.inGroup(group)).map(withRecord)));
  }

  async groups(names: readonly string[]): Promise<GroupFacts[]> {
    const groups = this.#groups.filter(({ name }) => names.includes(name));
    return Promise.all(
      groups.map(async (group) => ({ group, hosts: await answerOf(this.#lookAt(group.name)) })),
    );
  }
}

async function readRecord(store: DoctorDeps['store'], instanceId: string): Promise<HostRecord | undefined> {
  const where = hostKey(instanceId);
  const stored = await store.get(where);
  return stored && parseJson(stored.body, HostRecord, { where, reason: 'host-record-malformed' });
}
