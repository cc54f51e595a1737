import {
  CreateHostedZoneCommand,
  DeleteHostedZoneCommand,
  GetChangeCommand,
  GetHostedZoneCommand,
  InvalidChangeBatch,
  ListHostedZonesByNameCommand,
  ListHostedZonesCommand,
  ListResourceRecordSetsCommand,
  NoSuchChange,
  NoSuchHostedZone,
  PriorRequestNotComplete,
  paginateListHostedZones,
} from '@aws-sdk/client-route-53';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeOf, type LocalRoute53, startLocalRoute53 } from './local-route53.ts';

let now = Date.now();
let local: LocalRoute53;

beforeAll(async () => {
  local = await startLocalRoute53({ clock: () => now });
});
afterAll(() => local?.stop());

/** Fills every request bucket. */
function letTimePass(ms = 10_000): void {
  now += ms;
}

const listed = async (zoneId: string) => {
  const page = await local.client.send(new ListResourceRecordSetsCommand({ HostedZoneId: zoneId }));
  return page.ResourceRecordSets?.map(({ Name, Type, ResourceRecords: records }) => {
    return [Name, Type, ...(records?.map(({ Value }) => Value) ?? [])];
  });
};

describe('hosted zones', () => {
  it('have name servers of their own, in NS and SOA too', async () => {
    const first = await local.createZone('zones.example.com');
    const second = await local.createZone('zones.example.com');
    expect(first.nameServers).toHaveLength(4);
    expect(first.nameServers).not.toEqual(second.nameServers);
    const { DelegationSet: set } = await local.client.send(new GetHostedZoneCommand({ Id: first.id }));
    expect(set).toEqual({ NameServers: first.nameServers });
    expect(await listed(first.id)).toEqual([
      ['zones.example.com.', 'NS', ...first.nameServers.map((name) => `${name}.`)],
      [
        'zones.example.com.',
        'SOA',
        expect.stringContaining(`${first.nameServers[0]}. awsdns-hostmaster.amazon.com.`),
      ],
    ]);
  });

  it('count their record sets and cannot be deleted while they have more than NS and SOA', async () => {
    letTimePass();
    const { id } = await local.createZone('full.example.com');
    const txt = (action: 'CREATE' | 'DELETE') => changeOf(action, 'full.example.com', 'TXT', '"x"');
    await local.change(id, txt('CREATE'));
    const { HostedZone: zone } = await local.client.send(new GetHostedZoneCommand({ Id: id }));
    expect(zone?.ResourceRecordSetCount).toBe(3);
    const remove = () => local.client.send(new DeleteHostedZoneCommand({ Id: id }));
    await expect(remove()).rejects.toMatchObject({ name: 'HostedZoneNotEmpty' });
    await local.change(id, txt('DELETE'));
    await remove();
    await expect(listed(id)).rejects.toBeInstanceOf(NoSuchHostedZone);
    expect(local.route53.published.zones().map((published) => published.id)).not.toContain(id);
  });

  it('are listed by name from a name on, not only those of that name', async () => {
    letTimePass();
    for (const name of ['b.by-name.test', 'by-name.test', 'a.by-name.test']) await local.createZone(name);
    const ask = (MaxItems: number) =>
      local.client.send(new ListHostedZonesByNameCommand({ DNSName: 'a.by-name.test', MaxItems }));
    const page = await ask(1);
    expect(page.HostedZones?.map(({ Name }) => Name)).toEqual(['a.by-name.test.']);
    expect(page).toMatchObject({ IsTruncated: true, NextDNSName: 'b.by-name.test.' });
    expect((await ask(100)).HostedZones?.map(({ Name }) => Name)).toEqual([
      'a.by-name.test.',
      'b.by-name.test.',
    ]);
  });

  it('are listed in pages of 100', async () => {
    for (let index = 0; index < 101; index++) {
      letTimePass(1000);
      await local.client.send(
        new CreateHostedZoneCommand({ Name: `z${index}.pages.test`, CallerReference: `${index}` }),
      );
    }
    const first = await local.client.send(new ListHostedZonesCommand({}));
    expect(first.HostedZones).toHaveLength(100);
    const names: (string | undefined)[] = [];
    for await (const page of paginateListHostedZones({ client: local.client }, {})) {
      names.push(...(page.HostedZones?.map(({ Name }) => Name) ?? []));
    }
    expect(names.filter((name) => name?.endsWith('.pages.test.'))).toHaveLength(101);
  });
});

describe('changes', () => {
  it('are PENDING until the propagation time has passed, and published then', async () => {
    letTimePass();
    const { id } = await local.createZone('slow.example.com');
    local.route53.setPropagation(30_000);
    const changeId = await local.change(id, changeOf('CREATE', 'slow.example.com', 'TXT', '"x"'));
    local.route53.setPropagation(0);
    const status = async () =>
      (await local.client.send(new GetChangeCommand({ Id: changeId }))).ChangeInfo?.Status;
    const published = () =>
      local.route53.published
        .zones()
        .find((zone) => zone.id === id)
        ?.recordSets().size;
    now += 29_999;
    expect([await status(), published()]).toEqual(['PENDING', 2]);
    now += 1;
    expect([await status(), published()]).toEqual(['INSYNC', 3]);
  });

  it('of an unknown id are NoSuchChange', async () => {
    await expect(local.client.send(new GetChangeCommand({ Id: 'C2682N5HXP0BZ4' }))).rejects.toBeInstanceOf(
      NoSuchChange,
    );
  });

  it('that are refused name every error in one message', async () => {
    letTimePass();
    const { id } = await local.createZone('refused.example.com');
    await local.change(id, changeOf('CREATE', 'refused.example.com', 'TXT', '"theirs"', '"ours"'));
    const refusal = local.change(
      id,
      changeOf('DELETE', 'refused.example.com', 'TXT', '"ours"'),
      changeOf('CREATE', 'refused.example.com', 'TXT', '"theirs"'),
    );
    await expect(refusal).rejects.toBeInstanceOf(InvalidChangeBatch);
    await expect(refusal).rejects.toThrow(
      "[Tried to delete resource record set [name='refused.example.com.', type='TXT'] but the values provided do not match the current values, Tried to create resource record set [name='refused.example.com.', type='TXT'] but it already exists]",
    );
    expect(await listed(id)).toContainEqual(['refused.example.com.', 'TXT', '"theirs"', '"ours"']);
  });

  it('may create again what was deleted, with the same value', async () => {
    letTimePass();
    const { id } = await local.createZone('again.example.com');
    for (const action of ['CREATE', 'DELETE', 'CREATE'] as const) {
      await local.change(id, changeOf(action, '_acme-challenge.again.example.com', 'TXT', '"x"'));
    }
    expect(await listed(id)).toHaveLength(3);
  });

  it('of a zone that is not there are refused', async () => {
    const change = local.change('ZNONE', changeOf('CREATE', 'a.example.com', 'TXT', '"x"'));
    await expect(change).rejects.toBeInstanceOf(NoSuchHostedZone);
  });

  it('of one zone at the same time: the second is told to come back', async () => {
    letTimePass();
    const { id } = await local.createZone('busy.example.com');
    const other = await local.createZone('idle.example.com');
    local.route53.setProcessing(50);
    const [first, second, elsewhere] = await Promise.allSettled([
      local.change(id, changeOf('CREATE', 'a.busy.example.com', 'TXT', '"x"')),
      local.change(id, changeOf('CREATE', 'b.busy.example.com', 'TXT', '"x"')),
      local.change(other.id, changeOf('CREATE', 'a.idle.example.com', 'TXT', '"x"')),
    ]);
    local.route53.setProcessing(0);
    expect([first, second, elsewhere].map(({ status }) => status).sort()).toEqual([
      'fulfilled',
      'fulfilled',
      'rejected',
    ]);
    const refused = [first, second].find(({ status }) => status === 'rejected') as PromiseRejectedResult;
    expect(refused.reason).toBeInstanceOf(PriorRequestNotComplete);
  });
});

describe('too many requests', () => {
  it('are Throttling after 50 of an account, and are counted', async () => {
    letTimePass();
    const { id } = await local.createZone('busy-bucket.example.com');
    letTimePass();
    local.route53.resetCalls();
    const ask = () => local.client.send(new GetHostedZoneCommand({ Id: id }));
    expect(await listed(id)).toHaveLength(2);
    for (let count = 0; count < 49; count++) await ask();
    await expect(ask()).rejects.toMatchObject({
      name: 'Throttling',
      message: 'Rate exceeded',
      $metadata: { httpStatusCode: 400 },
    });
    await expect(listed(id)).rejects.toMatchObject({ name: 'Throttling' });
    letTimePass(100);
    await ask();
    expect(local.route53.calls()).toEqual({ GetHostedZone: 51, ListResourceRecordSets: 2 });
  });

  it('are Throttling where they ask for more changes than are left', async () => {
    letTimePass();
    const { id } = await local.createZone('busy-changes.example.com');
    const records = (action: 'CREATE' | 'UPSERT' | 'DELETE', count: number) =>
      Array.from({ length: count }, (_, at) =>
        changeOf(action, `${at}.busy-changes.example.com`, 'TXT', '"x"'),
      );
    letTimePass();
    await local.change(id, ...records('CREATE', 500));
    await local.change(id, ...records('UPSERT', 500));
    await expect(local.change(id, ...records('DELETE', 1))).rejects.toMatchObject({ name: 'Throttling' });
    letTimePass(10);
    await local.change(id, ...records('DELETE', 1));
  });
});
