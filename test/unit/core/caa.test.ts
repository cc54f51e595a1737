import { describe, expect, it } from 'vitest';
import { type CaaProperty, judgeCaa, missingCaa, type RelevantSet } from '../../../lib/core/caa.ts';

/** `0 issue "ca1.example.net"` and so on, at certs.example.com. */
function setOf(...records: string[]): RelevantSet {
  const properties = records.map((record): CaaProperty => {
    const [, flags, tag = '', value = ''] = /^(\d+) (\S+) "(.*)"$/.exec(record) ?? [];
    return { flags: Number(flags), tag, value };
  });
  return { at: 'certs.example.com', properties };
}
const judge = (name: string, set: RelevantSet | undefined, ca = 'ca1.example.net') => judgeCaa(name, set, ca);

describe('CAA', () => {
  it.each<[string, string, string[], boolean]>([
    ['4.2: the issuer that is named', 'certs.example.com', ['0 issue "ca1.example.net"'], true],
    ['4.2: another issuer', 'certs.example.com', ['0 issue "ca2.example.org"'], false],
    [
      '4.2: one of several',
      'certs.example.com',
      ['0 issue "ca2.example.org"', '0 issue "ca1.example.net"'],
      true,
    ],
    [
      '4.2: an issuer with parameters',
      'certs.example.com',
      ['0 issue "ca1.example.net; account=230123"'],
      true,
    ],
    ['4.2: nobody', 'certs.example.com', ['0 issue ";"'], false],
    ['4.2: nobody, and somebody', 'certs.example.com', ['0 issue ";"', '0 issue "ca1.example.net"'], true],
    ['4.2: a malformed value names nobody', 'certs.example.com', ['0 issue "%%%%%"'], false],
    [
      '4.2: only iodef restricts nothing',
      'certs.example.com',
      ['0 iodef "mailto:security@example.com"'],
      true,
    ],
    ['4.2: only an unknown property restricts nothing', 'certs.example.com', ['0 tbs "Unknown"'], true],
    [
      '4.3: issuewild is nothing to plain names',
      'certs.example.com',
      ['0 issuewild "ca2.example.org"'],
      true,
    ],
    ['4.3: issue counts for wildcards', '*.certs.example.com', ['0 issue "ca2.example.org"'], false],
    [
      '4.3: issuewild goes before issue',
      '*.certs.example.com',
      ['0 issue "ca1.example.net"', '0 issuewild "ca2.example.org"'],
      false,
    ],
    [
      '4.3: issuewild alone lets wildcards',
      '*.certs.example.com',
      ['0 issue ";"', '0 issuewild "ca1.example.net"'],
      true,
    ],
    [
      '4.3: issuewild lets no plain name',
      'certs.example.com',
      ['0 issue ";"', '0 issuewild "ca1.example.net"'],
      false,
    ],
    [
      '4.3: no wildcards at all',
      '*.certs.example.com',
      ['0 issue "ca1.example.net"', '0 issuewild ";"'],
      false,
    ],
    [
      '4.5: an unknown critical property',
      'certs.example.com',
      ['0 issue "ca1.example.net"', '128 tbs "Unknown"'],
      false,
    ],
    [
      '4.1: other flag bits are nothing',
      'certs.example.com',
      ['0 issue "ca1.example.net"', '127 tbs "Unknown"'],
      true,
    ],
    ['4.1: a known critical property', 'certs.example.com', ['128 issue "ca1.example.net"'], true],
    ['4.1: tags in any case', 'certs.example.com', ['0 ISSUE "ca2.example.org"'], false],
    ['4.2: issuers in any case', 'certs.example.com', ['0 issue "CA1.Example.NET"'], true],
  ])('RFC 8659, %s', (_, name, records, allowed) => {
    expect(judge(name, setOf(...records)).allowed).toBe(allowed);
  });

  it('lets everybody where there is none', () => {
    expect(judge('example.com', undefined)).toEqual({ allowed: true });
  });

  it('says which record forbids, and where', () => {
    expect(judge('a.certs.example.com', setOf('0 issue "ca2.example.org"', '0 iodef "mailto:a@b"'))).toEqual({
      allowed: false,
      reason: 'caa-forbids',
      because: '0 issue "ca2.example.org" at certs.example.com',
    });
    expect(judge('certs.example.com', setOf('128 tbs "Unknown"'))).toEqual({
      allowed: false,
      reason: 'caa-unknown-critical',
      because: '128 tbs "Unknown" at certs.example.com',
    });
  });

  it('knows its CA in any case', () => {
    expect(judge('certs.example.com', setOf('0 issue "ca1.example.net"'), 'CA1.example.net').allowed).toBe(
      true,
    );
  });
});

describe('CAA to add', () => {
  const missing = (names: [string, RelevantSet | undefined][], alsoAllow: string[] = []) => [
    ...missingCaa(
      names.map(([name, set]) => ({ name, set })),
      { caIdentity: 'ca1.example.net', alsoAllow },
    ),
  ];

  it('is made at the name where there is none, once, for a wildcard at its base', () => {
    expect(
      missing([
        ['example.com', undefined],
        ['*.example.com', undefined],
      ]),
    ).toEqual([['example.com', ['0 issue "ca1.example.net"']]]);
  });

  it('allows others too where a set is made', () => {
    expect(missing([['example.com', undefined]], ['backup.test'])).toEqual([
      ['example.com', ['0 issue "ca1.example.net"', '0 issue "backup.test"']],
    ]);
  });

  it('is nothing where our CA may issue already', () => {
    expect(missing([['certs.example.com', setOf('0 issue "ca1.example.net"')]], ['backup.test'])).toEqual([]);
    expect(missing([['certs.example.com', setOf('0 iodef "mailto:a@b"')]])).toEqual([]);
  });

  it('goes to where the relevant set stands, by the property that governs', () => {
    const set = setOf('0 issue "ca2.example.org"', '0 issuewild "ca2.example.org"');
    expect(
      missing([
        ['a.certs.example.com', set],
        ['*.certs.example.com', set],
      ]),
    ).toEqual([['certs.example.com', ['0 issue "ca1.example.net"', '0 issuewild "ca1.example.net"']]]);
  });

  it('is nothing where it could not help: an unknown critical property', () => {
    expect(missing([['certs.example.com', setOf('0 issue "ca2.example.org"', '128 tbs "Unknown"')]])).toEqual(
      [],
    );
  });

  it('lets the CA issue, once added', () => {
    for (const name of ['certs.example.com', '*.certs.example.com']) {
      for (const records of [
        ['0 issue ";"'],
        ['0 issuewild ";"'],
        ['0 issue "x.test"', '0 issuewild "y.test"'],
      ]) {
        const added = missing([[name, setOf(...records)]]).flatMap(([, values]) => values);
        expect(judge(name, setOf(...records, ...added)).allowed).toBe(true);
      }
    }
  });
});
