import { Route53Client } from '@aws-sdk/client-route-53';
import { describe, expect, it } from 'vitest';
import { Route53Zones } from '../../../../lib/adapters/aws/route53-zones.ts';
import { awsError, type SentCommand, stubbed } from '../../../fakes/stubbed-client.ts';

function zonesWith(answer: (command: SentCommand, nth: number) => object | undefined) {
  const { client, sent } = stubbed(new Route53Client({ region: 'eu-central-1' }), answer);
  return { zones: new Route53Zones(client), sent };
}

describe('the hosted zones', () => {
  it('are listed to the last page: Route 53 gives a hundred at once', async () => {
    const all = Array.from({ length: 201 }, (_, nth) => ({
      Id: `/hostedzone/Z${nth}`,
      Name: `z${nth}.test.`,
    }));
    const { zones } = zonesWith(({ input }) => {
      const from = Number(input.Marker ?? 0);
      const more = from + 100 < all.length;
      return {
        HostedZones: all.slice(from, from + 100),
        IsTruncated: more,
        ...(more && { NextMarker: String(from + 100) }),
      };
    });
    const found = await zones.list();
    expect(found).toHaveLength(201);
    expect(found.at(-1)).toEqual({ id: 'Z200', name: 'z200.test', isPrivate: false });
  });

  it('that are private are told from public ones of the same name', async () => {
    const { zones } = zonesWith(() => ({
      HostedZones: [
        { Id: '/hostedzone/Z1', Name: 'example.com.', Config: { PrivateZone: true } },
        { Id: '/hostedzone/Z2', Name: 'example.com.', Config: { PrivateZone: false } },
      ],
    }));
    expect((await zones.list()).map(({ id, isPrivate }) => [id, isPrivate])).toEqual([
      ['Z1', true],
      ['Z2', false],
    ]);
  });
});

describe('a record set', () => {
  const txt = {
    Name: '_acme-challenge.example.com.',
    Type: 'TXT',
    TTL: 60,
    ResourceRecords: [{ Value: '"a"' }],
  };
  const asked = { name: '_acme-challenge.example.com', type: 'TXT' as const };

  it('is what stands at the name and type', async () => {
    const { zones, sent } = zonesWith(() => ({ ResourceRecordSets: [txt] }));
    expect(await zones.read('Z1', asked)).toEqual({ ...asked, ttl: 60, values: ['"a"'] });
    expect(sent[0]?.input).toEqual({
      HostedZoneId: 'Z1',
      StartRecordName: asked.name,
      StartRecordType: 'TXT',
      MaxItems: 1,
    });
  });

  it.each([
    ['a later name', { ...txt, Name: '_acme-challenge.example.org.' }],
    ['another type', { ...txt, Type: 'CAA' }],
  ])('is none where Route 53 answers with %s', async (_, set) => {
    const { zones } = zonesWith(() => ({ ResourceRecordSets: [set] }));
    expect(await zones.read('Z1', asked)).toBeUndefined();
  });

  it.each([
    ['a routing policy', { ...txt, SetIdentifier: 'blue' }],
    ['an alias', { ...txt, TTL: undefined, AliasTarget: { DNSName: 'x.test.' } }],
  ])('with %s is refused and not taken for a simple one', async (_, set) => {
    const { zones } = zonesWith(() => ({ ResourceRecordSets: [set] }));
    await expect(zones.read('Z1', asked)).rejects.toMatchObject({ reason: 'record-not-simple' });
  });

  it('of a zone is read to the last page, from where the one before ended', async () => {
    const { zones, sent } = zonesWith((_, nth) =>
      nth === 0
        ? {
            ResourceRecordSets: [txt],
            IsTruncated: true,
            NextRecordName: 'b.example.com.',
            NextRecordType: 'A',
            NextRecordIdentifier: 'blue',
          }
        : { ResourceRecordSets: [{ ...txt, Name: '\\052.example.com.' }], IsTruncated: false },
    );
    expect((await zones.records('Z1')).map(({ name }) => name)).toEqual([asked.name, '*.example.com']);
    expect(sent[1]?.input).toEqual({
      HostedZoneId: 'Z1',
      StartRecordName: 'b.example.com.',
      StartRecordType: 'A',
      StartRecordIdentifier: 'blue',
    });
  });
});

describe('a change', () => {
  const set = { name: 'a.test', type: 'TXT' as const, ttl: 60, values: ['"a"', '"b"'] };

  it('is sent whole and in order, and answers with the id to ask for', async () => {
    const { zones, sent } = zonesWith(() => ({ ChangeInfo: { Id: '/change/C1' } }));
    const changes = [
      { action: 'DELETE' as const, set },
      { action: 'CREATE' as const, set: { ...set, values: ['"c"'] } },
    ];
    expect(await zones.change('Z1', changes)).toBe('C1');
    const record = (Action: string, values: string[]) => ({
      Action,
      ResourceRecordSet: {
        Name: 'a.test',
        Type: 'TXT',
        TTL: 60,
        ResourceRecords: values.map((Value) => ({ Value })),
      },
    });
    expect(sent[0]?.input).toEqual({
      HostedZoneId: 'Z1',
      ChangeBatch: { Changes: [record('DELETE', ['"a"', '"b"']), record('CREATE', ['"c"'])] },
    });
  });

  it.each([
    ['that Route 53 refuses', 'InvalidChangeBatch', { name: 'ChangeRefusedError' }],
    ['of a zone that is gone', 'NoSuchHostedZone', { reason: 'zone-missing' }],
    ['that is denied', 'AccessDenied', { reason: 'zone-access-denied' }],
    ['without an answer', 'InternalError', { reason: 'zone-unavailable' }],
  ])('%s fails by that name', async (_, name, failure) => {
    const { zones } = zonesWith(() => {
      throw awsError(name);
    });
    await expect(zones.change('Z1', [{ action: 'CREATE', set }])).rejects.toMatchObject(failure);
  });

  it.each([
    ['INSYNC', true],
    ['PENDING', false],
  ])('at %s is everywhere: %s', async (Status, isThere) => {
    const { zones } = zonesWith(() => ({ ChangeInfo: { Status } }));
    expect(await zones.isInSync('C1')).toBe(isThere);
  });
});
