import { describe, expect, it } from 'vitest';
import { judgeSite } from '../../../lib/delivery/probe/rules/judge-site.ts';
import { isPublicAddress } from '../../../lib/delivery/probe/rules/public-address.ts';
import type { Served, SiteFacts, SiteFinding } from '../../../lib/delivery/probe/rules/site-facts.ts';

const NOW = new Date('2026-11-20T02:00:00Z');
const DAY = 86_400_000;
const inDays = (days: number) => new Date(NOW.getTime() + days * DAY);
const served = (more: Partial<Served> = {}): Served => ({
  address: '1.2.3.4',
  serial: 'ab12',
  notBefore: inDays(-30),
  notAfter: inDays(60),
  untrusted: undefined,
  protocol: 'h2',
  ...more,
});
const redirect = (location: string, status = 301) => ({ status, location, hsts: undefined });
const answer = (hsts?: string) => ({ status: 200, location: undefined, hsts });
const facts = (more: Partial<SiteFacts> = {}): SiteFacts => ({
  site: 'example.com',
  addresses: ['1.2.3.4'],
  served: [served()],
  versions: ['TLSv1.2', 'TLSv1.3'],
  plain: redirect('https://example.com/'),
  secure: answer('max-age=31536000; includeSubDomains'),
  ...more,
});
const judge = (more: Partial<SiteFacts>, serial = 'ab12') => judgeSite(facts(more), { serial, now: NOW });
const bad = (findings: SiteFinding[]) =>
  findings.filter(({ status }) => status !== 'ok').map(({ check, status }) => [check, status]);

describe('a site where all is well', () => {
  it('is told so in a line a check', () => {
    expect(judge({}).map(({ check, status, seen }) => `${check} ${status}: ${seen}`)).toEqual([
      'address ok: 1.2.3.4',
      'connection ok: 1 of 1 answer over TLS',
      'served ok: the live certificate (serial ab12)',
      'chain ok: complete, up to a trusted root',
      'expiry ok: expires on 2027-01-19, in 60 days',
      'tls-version ok: offers TLSv1.2, TLSv1.3',
      'http2 ok: offers HTTP/2',
      'redirect ok: http://example.com/ leads to https (301)',
      'hsts ok: Strict-Transport-Security for 365 days',
    ]);
  });

  it.each<[string, Partial<SiteFacts>]>([
    ['with port 80 closed', { plain: { error: 'ECONNREFUSED' } }],
    ['with TLS 1.3 alone', { versions: ['TLSv1.3'] }],
    ['with a permanent redirect of the other kind', { plain: redirect('https://example.com/x?y', 308) }],
    ['with a relative scheme that stays https', { plain: redirect('HTTPS://EXAMPLE.com') }],
    ['with a quoted max-age in capitals', { secure: answer('includeSubDomains ; Max-Age = "31536000"') }],
    ['with a serial that begins with a zero', { served: [served({ serial: 'b12' })] }],
  ])('%s is still well', (_, more) => {
    const serial = more.served ? '0b12' : 'ab12';
    expect(bad(judge(more, serial))).toEqual([]);
  });
});

it.each(['10.0.0.1', '2001:db8::1'])(
  'a name with the address %s alone is in no trouble, and not asked',
  (one) => {
    expect(judge({ addresses: [one], served: [] })).toEqual([
      {
        site: 'example.com',
        check: 'address',
        status: 'ok',
        seen: `${one}, none of them a public IPv4 address, so it cannot be asked from here`,
        remedy: '',
      },
    ]);
  },
);

describe('what is wrong with a site', () => {
  const rows: [string, Partial<SiteFacts>, [string, string][], string][] = [
    ['no answer of the DNS', { addresses: { error: 'ESERVFAIL' } }, [['address', 'warning']], 'ESERVFAIL'],
    ['no address', { addresses: [], served: [] }, [['address', 'failing']], 'no A and no AAAA'],
    [
      'nothing that answers',
      { served: [{ address: '1.2.3.4', error: 'ECONNREFUSED' }] },
      [['connection', 'failing']],
      'no TLS from 1.2.3.4 (ECONNREFUSED)',
    ],
    [
      'one address of two that does not answer',
      { served: [served(), { address: '5.6.7.8', error: 'no answer within 5 s' }] },
      [['connection', 'failing']],
      'no TLS from 5.6.7.8 (no answer within 5 s)',
    ],
    [
      'an older certificate at one address',
      { served: [served(), served({ address: '5.6.7.8', serial: 'cd' })] },
      [['served', 'warning']],
      '5.6.7.8 serves cd instead of the live ab12',
    ],
    ...(
      [
        ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'the chain lacks its intermediate'],
        ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'the chain does not end at a trusted root'],
        ['CERT_HAS_EXPIRED', 'has expired'],
        ['ERR_TLS_CERT_ALTNAME_INVALID', 'is for other names'],
        ['CERT_UNTRUSTED', 'is not trusted'],
      ] as const
    ).map(([untrusted, words]): (typeof rows)[number] => [
      untrusted,
      { served: [served({ untrusted })] },
      [['chain', 'failing']],
      words,
    ]),
    ['an expired one', { served: [served({ notAfter: inDays(-1) })] }, [['expiry', 'failing']], 'expired on'],
    [
      'one that expires soon',
      { served: [served({ notAfter: inDays(5) })] },
      [['expiry', 'warning']],
      'in 5 days',
    ],
    ['TLS 1.0', { versions: ['TLSv1', 'TLSv1.2'] }, [['tls-version', 'warning']], 'offers TLSv1, TLSv1.2'],
    ['TLS 1.1', { versions: ['TLSv1.1', 'TLSv1.3'] }, [['tls-version', 'warning']], 'TLSv1.1'],
    ['no HTTP/2', { served: [served({ protocol: 'http/1.1' })] }, [['http2', 'warning']], 'HTTP/2'],
    ['a site in the clear', { plain: answer() }, [['redirect', 'warning']], 'answers 200 in the clear'],
    [
      'a redirect that stays in the clear',
      { plain: redirect('http://example.com/home') },
      [['redirect', 'warning']],
      'not https',
    ],
    ['a redirect to a path', { plain: redirect('/home') }, [['redirect', 'warning']], 'not https'],
    [
      'a redirect to another name',
      { plain: redirect('https://www.example.com/') },
      [['redirect', 'warning']],
      'another name, www.example.com',
    ],
    [
      'a redirect for now',
      { plain: redirect('https://example.com/', 302) },
      [['redirect', 'warning']],
      'for now',
    ],
    ['a redirect to nonsense', { plain: redirect('https://') }, [['redirect', 'warning']], 'not https'],
    ['no HSTS', { secure: answer() }, [['hsts', 'warning']], 'no Strict-Transport-Security'],
    ['a short HSTS', { secure: answer('max-age=86400') }, [['hsts', 'warning']], 'for 1 days'],
    ['an HSTS that takes back', { secure: answer('max-age=0') }, [['hsts', 'warning']], 'for 0 days'],
    [
      'an HSTS without a time',
      { secure: answer('includeSubDomains') },
      [['hsts', 'warning']],
      'without a max-age',
    ],
    ['no https answer', { secure: { error: 'ECONNRESET' } }, [['hsts', 'warning']], 'ECONNRESET'],
  ];

  it.each(rows)('%s', (_, more, expected, words) => {
    const findings = judge(more);
    expect(bad(findings)).toEqual(expected);
    const told = findings.filter(({ status }) => status !== 'ok');
    expect(told.map(({ seen }) => seen).join()).toContain(words);
    for (const { remedy, seen, site } of told) {
      expect(remedy).not.toBe('');
      expect(seen + remedy).not.toContain('\n');
      expect(site).toBe('example.com');
    }
  });
});

describe('an address', () => {
  it.each(['1.1.1.1', '8.8.8.8', '172.32.0.1', '100.128.0.1', '223.255.255.255'])('%s is public', (address) =>
    expect(isPublicAddress(address)).toBe(true),
  );

  it.each([
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '192.0.2.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::ffff:169.254.169.254',
    'fd00::1',
    '2606:4700::1111',
    'example.com',
    '',
  ])('%j is not asked', (address) => expect(isPublicAddress(address)).toBe(false));
});
