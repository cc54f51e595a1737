import { readHostRecords } from '../../lib/delivery/deployment/read-host-records.ts';
import { readLives } from '../../lib/delivery/deployment/read-lives.ts';
import { deliveryTo } from '../../lib/delivery/deployment/rules/decide-delivery.ts';
import { openingOf } from '../../lib/delivery/deployment/rules/opening.ts';
import type { ObjectStore } from '../../lib/foundation/bucket/object-store.ts';
import type { HostGroup } from '../../lib/foundation/certificate/host-group.ts';
import { minuteOf } from '../../lib/foundation/common/minute-of.ts';
import { readRevocations } from '../../lib/issuance/revocation/read-revocations.ts';
import type { ExpectedHost } from './settled.ts';

/** The hosts that are not sent it now, by the same rule as `deploy` goes by, and from when on they are. */
export async function heldHosts(
  store: Pick<ObjectStore, 'list' | 'get'>,
  {
    name,
    version,
    expected,
  }: { name: string; version: string | undefined; expected: readonly ExpectedHost[] },
  { groups, now }: { groups: readonly HostGroup[]; now: Date },
): Promise<Map<string, string>> {
  const closed = groups.filter((group) => !openingOf(group, now).isOpen);
  const inClosed = expected.filter(({ group }) => closed.some((one) => one.name === group));
  if (inClosed.length === 0) return new Map();
  const ids = inClosed.map(({ instanceId }) => instanceId);
  const [records, revocations] = await Promise.all([
    readHostRecords({ store }, ids, () => {}),
    readRevocations(store, name),
  ]);
  const hosts = new Map(
    closed.map((group) => [
      group.name,
      inClosed.filter((host) => host.group === group.name).map(({ instanceId }) => instanceId),
    ]),
  );
  const wanted = [{ name, version, groups: closed.map((group) => group.name) }];
  const lives = await readLives(store, wanted, { groups: closed, hosts, records, now });
  const revoked = revocations.map((one) => one.version);
  return new Map(
    inClosed.flatMap(({ instanceId, group }): [string, string][] => {
      const times = closed.find((one) => one.name === group) ?? {};
      const decision = deliveryTo(records.get(instanceId), name, { times, lives, revoked, now });
      return decision.action === 'wait' ? [[instanceId, minuteOf(decision.until.toISOString())]] : [];
    }),
  );
}
