import assert from 'node:assert/strict';
import { ChangeResourceRecordSetsCommand, type ResourceRecordSet } from '@aws-sdk/client-route-53';
import { armKill, killPoint } from '../kill-points.ts';
import type { Row } from '../row.ts';
import type { Subject } from '../subject.ts';
import type { World } from '../world.ts';

function setAt({ line }: World, { name }: Subject) {
  const sets = line.cloud.parts.route53.published.zones().flatMap((zone) => [...zone.recordSets().values()]);
  return sets.find((set) => set.type === 'TXT' && set.name === `_acme-challenge.${name}.example.com.`);
}

async function change(
  { line }: World,
  zone: string,
  changes: { action: 'CREATE' | 'DELETE'; set: ResourceRecordSet }[],
): Promise<void> {
  const Changes = changes.map(({ action, set }) => ({ Action: action, ResourceRecordSet: set }));
  await line.route53.send(
    new ChangeResourceRecordSetsCommand({ HostedZoneId: line.zoneId(zone), ChangeBatch: { Changes } }),
  );
}

const recordSet = (Name: string, Type: 'TXT' | 'CNAME' | 'NS', values: string[]): ResourceRecordSet => ({
  Name,
  Type,
  TTL: 300,
  ResourceRecords: values.map((Value) => ({ Value })),
});

export const ROWS_23_25: Row[] = [
  {
    number: 23,
    title: "TXT left by a crash beside someone else's TXT",
    async run(world) {
      const subject = await world.subject();
      armKill(world, killPoint('publish', 'after'), { subject, delayMs: 0, hasCompany: true });
      await world.backDoor.renewAtOnce([subject]);
      await world.until(
        () => (setAt(world, subject)?.values.length ?? 0) > 1,
        'the TXT value is left behind',
      );
      await world.line.idle();
      return 'ours swept, theirs kept with its TTL';
    },
    async after(world) {
      for (const subject of world.subjects)
        assert.deepEqual([setAt(world, subject)?.values, setAt(world, subject)?.ttl], [['"theirs"'], 300]);
    },
  },
  {
    number: 24,
    title: 'our TXT already gone',
    async run(world) {
      const subject = await world.subject({ hasCompany: false });
      const run = async () => {
        const set = setAt(world, subject);
        if (!set) return;
        await change(world, 'example.com', [
          { action: 'DELETE', set: { ...recordSet(set.name, 'TXT', set.values), TTL: set.ttl ?? 60 } },
        ]);
      };
      world.line.cloud.faults.add({
        action: 'ChangeResourceRecordSets',
        when: ({ body, accessKeyId }) =>
          body.includes(`_acme-challenge.${subject.name}.`) &&
          !body.includes('CREATE') &&
          /renew/i.test(world.line.cloud.calls.principalOf(accessKeyId)),
        effect: { kind: 'before', run },
      });
      await world.put(subject);
      assert.ok(await world.line.pointer(subject.name));
      return 'counts as done';
    },
  },
  {
    number: 25,
    title: "private and public zone, duplicate zones, delegated sub-zone, CNAME'd challenge",
    async run(world) {
      const aliased = await world.subject({ hasCompany: false });
      const alias = recordSet(`_acme-challenge.${aliased.names[0]}`, 'CNAME', ['proofs.example.net']);
      await change(world, 'example.com', [{ action: 'CREATE', set: alias }]);
      await world.put(aliased);
      assert.ok(await world.line.pointer(aliased.name), 'proved where the CNAME leads');
      await change(world, 'example.com', [{ action: 'DELETE', set: alias }]);

      const away = await world.subject({ hasCompany: false });
      const delegation = recordSet(away.names[0] ?? '', 'NS', ['ns1.provider.test', 'ns2.provider.test']);
      await change(world, 'example.com', [{ action: 'CREATE', set: delegation }]);
      await world.put(away);
      away.failures.push(/^delegated-elsewhere$/);
      assert.equal(world.ordersOf(away), 0, 'orders for a name that is delegated elsewhere');
      await change(world, 'example.com', [{ action: 'DELETE', set: delegation }]);
      return 'the right zone, or told before the CA is asked';
    },
  },
];
