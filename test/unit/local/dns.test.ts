import { describe, expect, it } from 'vitest';
import { lookUp } from '../../../local/dns/look-up.ts';
import { normalizeName, type RecordSet, recordSetKey } from '../../../local/route53/record-set.ts';

const zone = 'example.com.';
const recordSets = new Map(
  (
    [
      [zone, 'NS'],
      [zone, 'SOA'],
      ['www.example.com', 'CNAME'],
      ['*.example.com', 'TXT'],
      ['a.b.example.com', 'TXT'],
      ['sub.example.com', 'NS'],
      ['hidden.sub.example.com', 'TXT'],
    ] as const
  ).map(([name, type]) => {
    const recordSet: RecordSet = { name: normalizeName(name), type, ttl: 60, values: ['"x"'], routing: {} };
    return [recordSetKey(recordSet), recordSet];
  }),
);

describe('looking up in a zone', () => {
  it.each([
    ['the apex', zone, 'NS', 'records'],
    ['a name with the type', 'a.b.example.com.', 'TXT', 'records'],
    ['a name without the type', 'a.b.example.com.', 'CAA', 'no-data'],
    ['a CNAME, whatever the type', 'www.example.com.', 'TXT', 'cname'],
    ['the CNAME itself', 'www.example.com.', 'CNAME', 'records'],
    ['a name that only has others below', 'b.example.com.', 'TXT', 'no-data'],
    ['a name that the wildcard covers', 'other.example.com.', 'TXT', 'records'],
    ['several labels that the wildcard covers', 'x.y.other.example.com.', 'TXT', 'records'],
    ['a name below one that exists: no wildcard', 'c.b.example.com.', 'TXT', 'no-name'],
    ['a delegated name', 'sub.example.com.', 'NS', 'referral'],
    ['a name below a delegated one, even if it is in the zone', 'hidden.sub.example.com.', 'TXT', 'referral'],
  ])('%s', (_, name, type, kind) => {
    expect(lookUp(recordSets, zone, { name, type }).kind).toBe(kind);
  });
});
