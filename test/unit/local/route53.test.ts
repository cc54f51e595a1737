import { describe, expect, it } from 'vitest';
import { parseCharacterStrings } from '../../../local/route53/character-strings.ts';
import { History } from '../../../local/route53/history.ts';
import { listRecordSets } from '../../../local/route53/list-record-sets.ts';
import { nameServersOf } from '../../../local/route53/name-servers.ts';
import { parseChangeBatch } from '../../../local/route53/parse-change-batch.ts';
import type { Change } from '../../../local/route53/record-set.ts';
import { normalizeName, type RecordSet, recordSetKey } from '../../../local/route53/record-set.ts';
import { type Demand, TokenBuckets } from '../../../local/route53/token-buckets.ts';

describe('names', () => {
  it.each([
    ['Example.COM', 'example.com.'],
    ['*.example.com.', '\\052.example.com.'],
    ['\\052.example.com', '\\052.example.com.'],
    ['_acme-challenge.example.com', '_acme-challenge.example.com.'],
    ['\\141.example.com', 'a.example.com.'],
  ])('%s is kept as %s', (given, kept) => {
    expect(normalizeName(given)).toBe(kept);
  });

  it('of name servers differ from zone to zone, one per top-level domain', () => {
    const [first, second] = [nameServersOf('Z1'), nameServersOf('Z2')];
    expect(first).not.toEqual(second);
    expect(first.map((name) => name.replace(/^ns-\d+\.awsdns-\d\d\./, ''))).toEqual([
      'com',
      'net',
      'org',
      'co.uk',
    ]);
  });
});

describe('quoted strings', () => {
  it.each([
    ['"one"', ['one']],
    ['"one" "two"', ['one', 'two']],
    ['"a \\"quoted\\" word"', ['a "quoted" word']],
    ['"\\\\"', ['\\']],
    ['"\\101"', ['A']],
    ['""', ['']],
  ])('%s', (value, strings) => {
    expect(parseCharacterStrings(value)).toEqual(strings.map((string) => Buffer.from(string)));
  });

  it.each(['one', '"one', '"one""two"', '"one" two', ''])('refuses %s', (value) => {
    expect(parseCharacterStrings(value)).toBe('InvalidCharacterString');
  });
});

describe('the request buckets', () => {
  const take = (buckets: TokenBuckets, demand: Demand, now: number) =>
    Array.from({ length: 60 }, () => buckets.take(demand, now)).filter(Boolean).length;
  const batch = (action: Change['action'], count: number): Demand => ({
    action: 'ChangeResourceRecordSets',
    changes: Array.from({ length: count }, () => ({ action })),
  });

  it('give an account 50 at once, then 10 a second, whatever it asks for', () => {
    const buckets = new TokenBuckets();
    expect(take(buckets, { action: 'ListHostedZones' }, 0)).toBe(50);
    expect(take(buckets, { action: 'GetChange' }, 0)).toBe(0);
    expect(take(buckets, { action: 'GetChange' }, 1000)).toBe(10);
    expect(take(buckets, { action: 'ListHostedZones' }, 100_000)).toBe(50);
  });

  it.each([
    ['CreateHostedZone', 2],
    ['DeleteHostedZone', 5],
  ])('give %s 40 at once, then %i a second, and what is refused takes nothing', (action, perSecond) => {
    const buckets = new TokenBuckets();
    expect(take(buckets, { action }, 0)).toBe(40);
    expect(take(buckets, { action: 'GetChange' }, 0)).toBe(10);
    expect(take(buckets, { action }, 1000)).toBe(perSecond);
    expect(take(buckets, { action: 'GetChange' }, 1000)).toBe(10 - perSecond);
  });

  it('give 1,500 changes at once, then 100 a second; UPSERT is two, and a zone too', () => {
    const buckets = new TokenBuckets();
    expect(buckets.take(batch('CREATE', 1000), 0)).toBe(true);
    expect(buckets.take(batch('DELETE', 501), 0)).toBe(false);
    expect(buckets.take(batch('UPSERT', 249), 0)).toBe(true);
    expect(buckets.take({ action: 'CreateHostedZone' }, 0)).toBe(true);
    expect(buckets.take(batch('DELETE', 1), 0)).toBe(false);
    expect(buckets.take({ action: 'GetChange' }, 0)).toBe(true);
    expect(buckets.take(batch('DELETE', 100), 1000)).toBe(true);
    expect(buckets.take(batch('DELETE', 1), 1000)).toBe(false);
  });
});

describe('what is published', () => {
  const version = (value: string) =>
    new Map([[value, { name: 'a.', type: 'TXT', values: [value], routing: {} }]]);

  it('follows what was written after the propagation time', () => {
    const history = new History(version('first'));
    history.add(version('second'), 30, 10);
    expect([...history.latest.keys()]).toEqual(['second']);
    expect([...history.at(29).keys()]).toEqual(['first']);
    expect([...history.at(30).keys()]).toEqual(['second']);
  });

  it('never shows a change that never propagates, until a later one does', () => {
    const history = new History(version('first'));
    history.add(version('second'), Number.POSITIVE_INFINITY, 10);
    expect([...history.at(1e12).keys()]).toEqual(['first']);
    history.add(version('third'), 50, 20);
    expect([...history.at(50).keys()]).toEqual(['third']);
  });
});

describe('listing record sets', () => {
  const set = (name: string, type = 'TXT'): RecordSet => ({
    name,
    type,
    ttl: 60,
    values: ['"x"'],
    routing: {},
  });
  const sets = [
    set('b.example.com.'),
    set('example.com.', 'SOA'),
    set('a.b.example.com.'),
    set('example.com.', 'NS'),
  ];
  const zone = new Map(sets.map((recordSet) => [recordSetKey(recordSet), recordSet]));
  const names = (query: string) => {
    const page = listRecordSets(zone, new URLSearchParams(query));
    const { ResourceRecordSet: list } = page.ResourceRecordSets as {
      ResourceRecordSet: { Name: string; Type: string }[];
    };
    return { list: list.map(({ Name, Type }) => `${Name} ${Type}`), next: page.NextRecordName };
  };

  it('goes by reversed labels, then type', () => {
    expect(names('').list).toEqual([
      'example.com. NS',
      'example.com. SOA',
      'b.example.com. TXT',
      'a.b.example.com. TXT',
    ]);
  });

  it('starts at a name and type, and says where to go on', () => {
    expect(names('name=example.com&type=SOA&maxitems=2')).toEqual({
      list: ['example.com. SOA', 'b.example.com. TXT'],
      next: 'a.b.example.com.',
    });
  });
});

describe('reading a change batch', () => {
  const body = (changes: string) =>
    `<?xml version="1.0"?><ChangeResourceRecordSetsRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><ChangeBatch><Changes>${changes}</Changes></ChangeBatch></ChangeResourceRecordSetsRequest>`;
  const change = (inner: string) =>
    `<Change><Action>CREATE</Action><ResourceRecordSet><Name>_acme-challenge.EXAMPLE.com</Name><Type>TXT</Type>${inner}</ResourceRecordSet></Change>`;
  const records =
    '<TTL>60</TTL><ResourceRecords><ResourceRecord><Value>&quot;a &amp; b&#34;</Value></ResourceRecord></ResourceRecords>';

  it('gives names in lower case and values without entities', () => {
    expect(parseChangeBatch(body(change(records)))).toEqual({
      changes: [
        {
          action: 'CREATE',
          recordSet: {
            name: '_acme-challenge.example.com.',
            type: 'TXT',
            ttl: 60,
            values: ['"a & b"'],
            routing: {},
          },
        },
      ],
    });
  });

  it('takes a thousand changes', () => {
    const batch = parseChangeBatch(body(change(records).repeat(1000)));
    expect('changes' in batch && batch.changes).toHaveLength(1000);
  });

  it('keeps an alias target as it came', () => {
    const alias = '<AliasTarget><DNSName>x.</DNSName><HostedZoneId>Z</HostedZoneId></AliasTarget>';
    expect(parseChangeBatch(body(change(alias)))).toHaveProperty('changes.0.recordSet.routing', {
      AliasTarget: { DNSName: 'x.', HostedZoneId: 'Z' },
    });
  });

  it.each([
    ['no XML', 'x<', 'MalformedInput'],
    ['no changes', body(''), 'MalformedInput'],
    ['an unknown action', body(change(records)).replace('CREATE', 'REPLACE'), 'InvalidInput'],
    ['records without TTL', body(change(records.replace(/<TTL>.*<\/TTL>/, ''))), 'InvalidInput'],
    ['neither records nor alias', body(change('')), 'InvalidInput'],
  ])('refuses %s', (_, text, code) => {
    expect(parseChangeBatch(text)).toHaveProperty('code', code);
  });
});
