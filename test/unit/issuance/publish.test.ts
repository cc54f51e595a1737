import { describe, expect, it } from 'vitest';
import type { PlacedEdit, RecordEdit } from '../../../lib/issuance/dns/rules/record-edits.ts';
import { ZoneError, type Zones } from '../../../lib/issuance/dns/zones.ts';
import { awaitPropagation } from '../../../lib/issuance/renewal/await-propagation.ts';
import type { Ordered, RenewRun } from '../../../lib/issuance/renewal/phases.ts';
import { publish } from '../../../lib/issuance/renewal/publish.ts';
import { FakeZones } from '../../fakes/fake-zones.ts';
import { stackOf } from '../../fakes/stack.ts';

const DENIED = new ZoneError('zone-access-denied', 'IAM does not allow it');
const placed = (name: string, type: RecordEdit['type']): PlacedEdit => ({
  zoneId: 'ZEXAMPLECOM',
  zoneName: 'example.com',
  edit: { name, type, add: ['"ours"'], remove: [], ttl: 60 },
});
const renewal = (name: string, ...edits: PlacedEdit[]) =>
  ({ name, edits, wanted: { names: [] } }) as unknown as Ordered;
const plain = renewal('plain', placed('_acme-challenge.plain.example.com', 'TXT'));
const withCaa = renewal(
  'with-caa',
  placed('_acme-challenge.caa.example.com', 'TXT'),
  placed('caa.example.com', 'CAA'),
);

function world() {
  const zones = new FakeZones('example.com');
  const dropped: [string, unknown][] = [];
  const run = {
    deps: {
      zones,
      stack: stackOf({ domains: ['example.com'] }),
      resolver: { nameServers: async () => ['ns.test'], txtFrom: async () => ['ours'] },
      runtime: { elapsed: () => 0 },
    },
    authority: { prepare: async () => {} },
    signal: new AbortController().signal,
    drop: ({ name }: Ordered, error: unknown) => dropped.push([name, error]),
  } as unknown as RenewRun;
  return { zones, dropped, run };
}

/** Route 53, which refuses changes of this type. */
function refuse(zones: FakeZones, type: RecordEdit['type']): void {
  const change = zones.change.bind(zones);
  zones.change = async (zoneId, changes) => {
    if (changes.some(({ set }) => set.type === type)) throw DENIED;
    return change(zoneId, changes);
  };
}

describe('a batch of changes that fails', () => {
  it('drops only the certificates with edits in it', async () => {
    const { zones, dropped, run } = world();
    refuse(zones, 'CAA');
    const { renewals } = await publish(run, [plain, withCaa]);
    expect(renewals).toEqual([plain]);
    expect(dropped).toEqual([['with-caa', DENIED]]);
  });

  it('has nothing more written for those it drops', async () => {
    const { zones, dropped, run } = world();
    refuse(zones, 'TXT');
    expect(await publish(run, [withCaa])).toEqual({ renewals: [], zones: [], full: [] });
    expect(dropped).toEqual([['with-caa', DENIED]]);
    expect(zones.all('CAA')).toEqual([]);
  });

  it('drops only those also where it does not become visible', async () => {
    const { zones, dropped, run } = world();
    const published = await publish(run, [plain, withCaa]);
    const isInSync: Zones['isInSync'] = async (changeId) => {
      if (changeId === 'C2') throw DENIED;
      return true;
    };
    Object.assign(zones, { isInSync });
    expect(await awaitPropagation(run, published)).toEqual([plain]);
    expect(dropped).toEqual([['with-caa', DENIED]]);
  });
});
