import type { CheckSummary, StackEvent } from '../../../lib/foundation/events/events.ts';
import { isOfKind } from '../../../lib/foundation/reasons/reasons.ts';

/** Of failures before any host was told of a certificate. */
const NO_HOST = 'no host';
const NOBODY = 'nobody there';

interface GroupTrouble {
  since: number;
  /** The certificates that failed, by host. */
  failed: Map<string, Set<string>>;
}

/** Which groups are in trouble, by all that was ever put on the bus. */
export class GroupTroubles {
  readonly #groups = new Map<string, GroupTrouble>();

  since(group: string): number | undefined {
    return this.#groups.get(group)?.since;
  }

  /** The certificates that failed there and were not deployed since. */
  names(group: string): string[] {
    return [...(this.#groups.get(group)?.failed.values() ?? [])].flatMap((names) => [...names]);
  }

  take(fact: StackEvent, now: number): void {
    if (fact.type === 'Certificate Deployment Failed') {
      const { group, name, reason, hosts } = fact.detail;
      const sent = hosts.filter(({ outcome }) => outcome !== 'not-sent').map(({ instanceId }) => instanceId);
      const { failed } = this.#troubleOf(group, now);
      if (sent.length > 0) failed.delete(NO_HOST);
      const besides = isOfKind(reason, 'nobody-there') ? NOBODY : NO_HOST;
      for (const host of sent.length > 0 ? sent : [besides])
        failed.set(host, (failed.get(host) ?? new Set()).add(name));
    }
    if (fact.type === 'Certificate Deployed') this.#installed(fact.detail);
    if (fact.type === 'Certificates Checked') this.#checked(fact.detail, now);
  }

  #troubleOf(group: string, now: number): GroupTrouble {
    const trouble = this.#groups.get(group) ?? { since: now, failed: new Map() };
    this.#groups.set(group, trouble);
    return trouble;
  }

  #installed({ group, name, hosts }: { group: string; name: string; hosts: { instanceId: string }[] }): void {
    const { failed } = this.#groups.get(group) ?? {};
    if (!failed) return;
    failed.delete(NOBODY);
    for (const { instanceId } of hosts) {
      failed.get(instanceId)?.delete(name);
      if (failed.get(instanceId)?.size === 0) failed.delete(instanceId);
    }
    if (failed.size === 0) this.#groups.delete(group);
  }

  #checked({ hostsBehind, groupsAway = [] }: CheckSummary, now: number): void {
    const away = new Set(groupsAway.map(({ group }) => group));
    for (const group of this.#groups.keys())
      if (!away.has(group) && !hostsBehind.groups.includes(group)) this.#groups.delete(group);
    for (const group of away) {
      const { failed } = this.#troubleOf(group, now);
      if (failed.size === 0) failed.set(NOBODY, new Set());
    }
  }
}
