import { describe, expect, it } from 'vitest';
import { applyChangeBatch } from '../../../local/route53/change-batch.ts';
import {
  type Change,
  type RecordSet,
  type RecordSets,
  recordSetKey,
} from '../../../local/route53/record-set.ts';

const zone = 'example.com.';
const challenge = '_acme-challenge.example.com.';

function set(name: string, type: string, values: string[], more: Partial<RecordSet> = {}): RecordSet {
  return { name, type, ttl: 60, values, routing: {}, ...more };
}

function zoneOf(...recordSets: RecordSet[]): RecordSets {
  return new Map(recordSets.map((recordSet) => [recordSetKey(recordSet), recordSet]));
}

const create = (recordSet: RecordSet): Change => ({ action: 'CREATE', recordSet });
const upsert = (recordSet: RecordSet): Change => ({ action: 'UPSERT', recordSet });
const remove = (recordSet: RecordSet): Change => ({ action: 'DELETE', recordSet });

function errorsOf(current: RecordSets, ...changes: Change[]): string[] {
  const result = applyChangeBatch(current, changes, zone);
  return 'errors' in result ? result.errors : [];
}

describe('a change batch that is refused', () => {
  const old = set(challenge, 'TXT', ['"theirs"', '"ours"']);
  const cases: [title: string, current: RecordSets, changes: Change[], errors: (string | RegExp)[]][] = [
    [
      'CREATE of a set that exists, even with the same values',
      zoneOf(old),
      [create(old)],
      [`Tried to create resource record set [name='${challenge}', type='TXT'] but it already exists`],
    ],
    [
      'DELETE with fewer values than there are',
      zoneOf(old),
      [remove(set(challenge, 'TXT', ['"ours"']))],
      [
        `Tried to delete resource record set [name='${challenge}', type='TXT'] but the values provided do not match the current values`,
      ],
    ],
    [
      'DELETE with another TTL',
      zoneOf(old),
      [remove({ ...old, ttl: 300 })],
      [/do not match the current values$/],
    ],
    ['DELETE of a set that is not there', zoneOf(), [remove(old)], [/but it was not found$/]],
    [
      'compare-and-swap that lost the race: both errors together',
      zoneOf(set(challenge, 'TXT', ['"changed"'])),
      [remove(old), create(set(challenge, 'TXT', ['"new"']))],
      [/do not match the current values$/, /but it already exists$/],
    ],
    [
      'several bad changes: an error each, in their order',
      zoneOf(old),
      [create(old), remove(set(`a.${zone}`, 'TXT', ['"x"']))],
      [/already exists$/, /was not found$/],
    ],
    [
      'the same set twice',
      zoneOf(),
      [create(old), create(old)],
      [`The request contains an invalid set of changes for a resource record set 'TXT ${challenge}'`],
    ],
    [
      'a name outside the zone',
      zoneOf(),
      [create(set('example.org.', 'TXT', ['"x"']))],
      [/not permitted in zone/],
    ],
    [
      'a name that only ends alike',
      zoneOf(),
      [create(set('badexample.com.', 'TXT', ['"x"']))],
      [/not permitted/],
    ],
    ['TXT without quotes', zoneOf(), [create(set(challenge, 'TXT', ['x']))], [/InvalidCharacterString/]],
    [
      'a TXT string of 256 characters',
      zoneOf(),
      [create(set(challenge, 'TXT', [`"${'x'.repeat(256)}"`]))],
      [/CharacterStringTooLong/],
    ],
    [
      'one value twice',
      zoneOf(),
      [create(set(challenge, 'TXT', ['"x"', '"x"']))],
      [/^Duplicate Resource Record/],
    ],
    [
      'CAA without quotes',
      zoneOf(),
      [create(set(zone, 'CAA', ['0 issue ca.example']))],
      [/^Invalid Resource Record/],
    ],
    ['CAA with flags over 255', zoneOf(), [create(set(zone, 'CAA', ['256 issue "x"']))], [/IllegalFlags/]],
    ['CAA with a bad tag', zoneOf(), [create(set(zone, 'CAA', ['0 is-sue "x"']))], [/IllegalTag/]],
    ['CAA with two fields', zoneOf(), [create(set(zone, 'CAA', ['0 issue']))], [/NotThreeFields/]],
    [
      'CAA beside a CNAME',
      zoneOf(set(`www.${zone}`, 'CNAME', ['host.example.'])),
      [create(set(`www.${zone}`, 'CAA', ['0 issue "ca.example"']))],
      [
        `RRSet of type CAA with DNS name www.${zone} is not permitted because a conflicting RRSet of type  CNAME with the same DNS name already exists in zone ${zone}`,
      ],
    ],
    [
      'TXT beside a CNAME, by UPSERT too',
      zoneOf(set(challenge, 'CNAME', ['host.example.'])),
      [upsert(old)],
      [/conflicting RRSet of type {2}CNAME/],
    ],
    [
      'a CNAME beside another set',
      zoneOf(old),
      [create(set(challenge, 'CNAME', ['host.example.']))],
      [/is not permitted as it conflicts with other records/],
    ],
    [
      'a CNAME at the apex',
      zoneOf(),
      [create(set(zone, 'CNAME', ['host.example.']))],
      [/not permitted at apex/],
    ],
    [
      'a multivalue set beside a simple one',
      zoneOf(old),
      [
        create(
          set(challenge, 'TXT', ['"x"'], { setIdentifier: 'one', routing: { MultiValueAnswer: 'true' } }),
        ),
      ],
      [/SetIdentifier one cannot be created because a non multivalue answer rrset exists/],
    ],
    [
      'a simple set beside a multivalue one',
      zoneOf(set(challenge, 'TXT', ['"x"'], { setIdentifier: 'one', routing: { MultiValueAnswer: 'true' } })),
      [create(old)],
      [/cannot be created because a multivalue answer rrset exists/],
    ],
    [
      'the NS set of the zone itself',
      zoneOf(set(zone, 'NS', ['ns.example.'])),
      [remove(set(zone, 'NS', ['ns.example.']))],
      [/must contain at least one NS record/],
    ],
  ];

  it.each(cases)('%s', (_, current, changes, errors) => {
    expect(errorsOf(current, ...changes)).toEqual(
      errors.map((error) => (typeof error === 'string' ? error : expect.stringMatching(error))),
    );
  });

  it('changes nothing, although its first changes are fine', () => {
    const current = zoneOf(old);
    const result = applyChangeBatch(current, [create(set(`a.${zone}`, 'TXT', ['"x"'])), create(old)], zone);
    expect(result).toHaveProperty('errors');
    expect([...current.values()]).toEqual([old]);
  });
});

describe('a change batch that is accepted', () => {
  const old = set(challenge, 'TXT', ['"theirs"', '"ours"'], { ttl: 300 });

  it('deletes a set whose values are given in another order', () => {
    expect(applyChangeBatch(zoneOf(old), [remove({ ...old, values: ['"ours"', '"theirs"'] })], zone)).toEqual(
      {
        recordSets: new Map(),
      },
    );
  });

  it('swaps a set by DELETE of the old and CREATE of the new one', () => {
    const next = { ...old, values: ['"theirs"'] };
    expect(applyChangeBatch(zoneOf(old), [remove(old), create(next)], zone)).toEqual({
      recordSets: zoneOf(next),
    });
  });

  it('replaces a CNAME by another type in one batch', () => {
    const cname = set(challenge, 'CNAME', ['host.example.']);
    expect(errorsOf(zoneOf(cname), remove(cname), create(old))).toEqual([]);
  });

  it('takes CAA with parameters, critical flag and unknown tags', () => {
    const values = [
      '0 issue "ca.example; accounturi=https://ca.example/acct/1"',
      '128 future "x"',
      '0 iodef "mailto:a@b"',
    ];
    expect(errorsOf(zoneOf(), create(set(zone, 'CAA', values)))).toEqual([]);
  });

  it('takes several multivalue sets of one name', () => {
    const routed = (setIdentifier: string) =>
      set(challenge, 'TXT', [`"${setIdentifier}"`], { setIdentifier, routing: { MultiValueAnswer: 'true' } });
    expect(errorsOf(zoneOf(routed('one')), create(routed('two')))).toEqual([]);
  });
});

describe('the limits of a change batch', () => {
  const many = (count: number, length: number) =>
    Array.from({ length: count }, (_, index) => {
      return set(`_acme-challenge.${index}.${zone}`, 'TXT', [`"${'x'.repeat(length - 2)}"`]);
    });

  const cases: [title: string, changes: Change[], errors: string[]][] = [
    ['1000 elements', many(1000, 20).map(create), []],
    ['1001 elements', many(1001, 20).map(create), ['Number of records limit of 1000 exceeded.']],
    ['500 elements by UPSERT', many(500, 20).map(upsert), []],
    ['501 elements by UPSERT', many(501, 20).map(upsert), ['Number of records limit of 1000 exceeded.']],
    ['711 ACME values of 45 characters', many(711, 45).map(create), []],
    [
      '712 ACME values of 45 characters',
      many(712, 45).map(create),
      ['RDATA character limit of 32000 exceeded.'],
    ],
    ['355 ACME values by UPSERT', many(355, 45).map(upsert), []],
    ['356 ACME values by UPSERT', many(356, 45).map(upsert), ['RDATA character limit of 32000 exceeded.']],
  ];

  it.each(cases)('%s', (_, changes, errors) => {
    expect(errorsOf(zoneOf(), ...changes)).toEqual(errors);
  });
});
