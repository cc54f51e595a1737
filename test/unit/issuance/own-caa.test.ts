import { describe, expect, it } from 'vitest';
import { InputError } from '../../../lib/foundation/common/input-error.ts';
import { caaPlaces } from '../../../lib/issuance/caa/own-caa.ts';
import type { FoundRecord } from '../../../lib/issuance/dns/rules/hosted-zones.ts';
import { ZoneError } from '../../../lib/issuance/dns/zones.ts';
import { stackOf } from '../../fakes/stack.ts';

const ZONE = { id: 'Z1', name: 'example.com', isPrivate: false };
const record = (name: string, type: string, value: string, kind: FoundRecord['kind'] = 'simple') => ({
  ...{ name, type, kind },
  values: [value],
});
const OURS = '0 issue "ca.test"';

/** The places of CAA in the zone example.com with these records; `failure` is what the zone is looked for in vain with. */
function places(records: FoundRecord[], failure?: Error) {
  const asked: string[] = [];
  const placeOf = caaPlaces(
    { stack: stackOf({ domains: ['example.com'] }) },
    {
      findZone: async (name) => {
        asked.push(name);
        if (failure) throw failure;
        return ZONE;
      },
      readRecords: async () => records,
    },
  );
  return { placeOf, asked };
}

describe('the place of a CAA set', () => {
  it('has what stands at the name as one plain set, and nothing of other names, types and kinds', async () => {
    const { placeOf } = places([
      record('shop.example.com', 'CAA', OURS),
      record('shop.example.com', 'TXT', '"v=spf1"'),
      record('shop.example.com', 'CAA', '0 issue "routed.test"', 'routing-policy'),
      record('example.com', 'CAA', '0 issue "above.test"'),
    ]);
    expect(await placeOf('shop.example.com')).toEqual({
      zone: { zoneId: 'Z1', zoneName: 'example.com' },
      values: [OURS],
      properties: [{ flags: 0, tag: 'issue', value: 'ca.test' }],
      wildcard: undefined,
    });
  });

  it('names the wildcard that answers there now, and would not any more', async () => {
    const { placeOf } = places([record('*.example.com', 'A', '192.0.2.1')]);
    expect(await placeOf('shop.example.com')).toMatchObject({ values: [], wildcard: '*.example.com' });
  });

  it.each(['com', 'example.org', 'badexample.com'])(
    'is none outside the domains, and no zone is looked for: %s',
    async (name) => {
      const { placeOf, asked } = places([]);
      expect(await placeOf(name)).toBeUndefined();
      expect(asked).toEqual([]);
    },
  );

  it('is none in a zone that is not ours', async () => {
    const elsewhere = new InputError('zone-missing', 'no public hosted zone holds it');
    expect(await places([], elsewhere).placeOf('shop.example.com')).toBeUndefined();
  });

  it('is not known where Route 53 does not answer, which is no word for a foreign zone', async () => {
    const down = new ZoneError('zone-unavailable', 'Route 53 is down');
    await expect(places([], down).placeOf('shop.example.com')).rejects.toBe(down);
  });

  it('is looked for once, however many names share it', async () => {
    const { placeOf, asked } = places([]);
    await Promise.all([placeOf('example.com'), placeOf('example.com')]);
    expect(asked).toEqual(['example.com']);
  });
});
