import { describe, expect, it } from 'vitest';
import type { FoundRecord } from '../../../lib/issuance/dns/rules/hosted-zones.ts';
import type { Validation } from '../../../lib/issuance/dns/rules/validation.ts';
import type { State } from '../../../lib/issuance/renewal/rules/state.ts';
import { parseDoctorRequest } from '../../../lib/reporting/doctor/doctor.ts';
import { checkFile } from '../../../lib/reporting/doctor/rules/check-file.ts';
import { examine } from '../../../lib/reporting/doctor/rules/examine.ts';
import type {
  AccountFacts,
  CertificateFacts,
  DnssecFacts,
  GroupFacts,
  HostFacts,
  IdentifierFacts,
  PlaceFacts,
} from '../../../lib/reporting/doctor/rules/facts.ts';
import type { Answer, Check, Finding } from '../../../lib/reporting/doctor/rules/finding.ts';
import { pointerOf, wantedOf } from '../../fakes/pointers.ts';
import { hostGroup, stackOf } from '../../fakes/stack.ts';

const DAY = 86_400_000;
const NOW = new Date('2026-11-20T02:00:00Z');
const SERVERS = ['ns-1.awsdns-01.com', 'ns-2.awsdns-02.net'];
const ZONE = { id: 'Z1', name: 'example.com', isPrivate: false };
const OTHER_ZONE = { id: 'Z2', name: 'example.com', isPrivate: false };
const CHALLENGE = '_acme-challenge.www.example.com';
const UNAVAILABLE = { reason: 'dns-unavailable', remedy: '' } as const;
const TROUBLE = { ...UNAVAILABLE, seen: 'could not look up it: ETIMEOUT', code: 'ETIMEOUT' };
const LAME = { ...UNAVAILABLE, seen: 'could not look up it: ESERVFAIL', code: 'ESERVFAIL' };

const found = <Found>(value: Found): Answer<Found> => ({ found: value });

function place(more: Partial<PlaceFacts> = {}): PlaceFacts {
  return {
    name: CHALLENGE,
    zones: found([{ zone: ZONE, nameServers: SERVERS }]),
    publicServers: found(SERVERS),
    records: found([]),
    ...more,
  };
}

/** An identifier without CNAME, or one whose challenge name leads to `end`. */
function identifier(start: PlaceFacts, end = start, more: Partial<IdentifierFacts> = {}): IdentifierFacts {
  const names = end === start ? [start.name] : [start.name, end.name];
  return { identifier: 'www.example.com', path: found({ names, ends: true }), start, end, ...more };
}

function record(type: string, more: Partial<FoundRecord> = {}): FoundRecord {
  return { name: CHALLENGE, type, kind: 'simple', values: ['"x"'], ...more };
}

const STACK = {
  domains: ['example.com'],
  challengeTargets: ['proofs.example.com'],
  region: 'eu-central-1',
  checkEveryHours: 1,
  defaultCa: 'https://ca.test/directory',
  fallbackCas: [],
};

const ACCOUNT: AccountFacts = {
  directoryUrl: 'https://ca.test/directory',
  directory: found({ caaIdentity: 'ca.test', profiles: ['classic'] }),
  key: 'accounts/keys/ca.test-1a2b3c4d.json',
  kept: found({ accountUri: 'https://ca.test/7' }),
  agreeToTerms: true,
};

const UNSIGNED: DnssecFacts = {
  resolver: '192.0.2.53',
  sets: [{ name: CHALLENGE, type: 'TXT', validation: found({ status: 'insecure' }) }],
  zones: [],
};

function examined(more: Partial<CertificateFacts>): Omit<Finding, 'certificate'>[] {
  const live = pointerOf(new Date(NOW.getTime() + 60 * DAY), 90, {
    names: ['www.example.com'],
    hosts: (more.groups ?? []).map((one) => one.group.name),
  });
  return examine({
    wanted: wantedOf({ names: ['www.example.com'] }),
    stack: STACK,
    identifiers: [identifier(place())],
    caa: [{ name: 'www.example.com', set: found(undefined) }],
    dnssec: UNSIGNED,
    account: ACCOUNT,
    kept: found({ pointer: live, state: undefined, revocations: [], acm: undefined, records: [] }),
    live: found(live),
    groups: [],
    now: NOW,
    ...more,
  });
}

type Expected = [status: Finding['status'], seen: string, remedy?: string];

function expectOne(check: Check, more: Partial<CertificateFacts>, [status, seen, remedy = '']: Expected) {
  const own = examined(more).filter((finding) => finding.check === check);
  expect(own).toEqual([
    { check, status, seen: expect.stringContaining(seen), remedy: expect.stringContaining(remedy) },
  ]);
}

it('has nothing to say against a certificate that is well', () => {
  expect(examined({}).filter(({ status }) => status !== 'ok')).toEqual([]);
});

it('gives a remedy with whatever is not ok, and only then', () => {
  const trouble = { trouble: TROUBLE };
  const results = examined({
    identifiers: [identifier(place({ publicServers: trouble, records: trouble }))],
    live: trouble,
    caa: [{ name: 'www.example.com', set: trouble }],
  });
  for (const { status, remedy } of results) expect(remedy === '').toBe(status === 'ok');
});

describe('a question without an answer is a warning', () => {
  const trouble = { trouble: TROUBLE };
  it.each<[Check, Partial<CertificateFacts>]>([
    ['zone', { identifiers: [identifier(place({ zones: trouble }))] }],
    ['delegation', { identifiers: [identifier(place({ publicServers: trouble }))] }],
    ['sub-zone', { identifiers: [identifier(place({ records: trouble }))] }],
    ['challenge-name', { identifiers: [identifier(place(), place(), { path: trouble })] }],
    [
      'standing-record',
      {
        wanted: wantedOf({ challenge: 'dns-persist-01' }),
        standing: {
          places: [{ identifier: 'example.com', standing: trouble }],
          state: trouble,
        },
      },
    ],
    ['caa', { caa: [{ name: 'www.example.com', set: trouble }] }],
    ['account', { account: { ...ACCOUNT, kept: trouble } }],
    ['schedule', { live: trouble }],
    ['hosts', { groups: [{ group: group(), hosts: trouble }] }],
    ['served', { groups: [{ group: group(), hosts: found([host({ record: trouble })]) }] }],
  ])('%s', (check, facts) => {
    expectOne(check, facts, ['warning', 'could not look up it', 'run doctor again']);
  });
});

it('tells a broken delegation once, and not every question that it leaves without an answer', () => {
  const lame = { trouble: LAME };
  const results = examined({
    identifiers: [identifier(place({ publicServers: lame }), undefined, { path: lame })],
    caa: [{ name: 'www.example.com', set: lame }],
  });
  expect(results.filter(({ status }) => status !== 'ok').map(({ check }) => check)).toEqual(['delegation']);
});

describe('the hosted zone', () => {
  const two = [
    { zone: ZONE, nameServers: SERVERS },
    { zone: OTHER_ZONE, nameServers: ['ns-9.awsdns-09.org'] },
  ];
  it.each<[string, Partial<PlaceFacts>, Expected]>([
    ['is there', {}, ['ok', 'hosted zone example.com (Z1)']],
    [
      'is not there',
      { zones: { trouble: { reason: 'no-hosted-zone', seen: 'none holds it', remedy: 'create one' } } },
      ['failing', 'none holds it', 'create one'],
    ],
    [
      'is private',
      {
        zones: {
          trouble: { reason: 'only-private-zone', seen: 'only a private one', remedy: 'create a public one' },
        },
      },
      ['failing', 'only a private one', 'create a public one'],
    ],
    [
      'is the one of two that the DNS names',
      { zones: found(two), publicServers: found(['ns-9.awsdns-09.org']) },
      ['ok', 'Z2'],
    ],
    [
      'is one of two, and the DNS names neither',
      { zones: found(two), publicServers: found(['ns.old.test']) },
      ['failing', '2 public hosted zones (Z1, Z2)', "set one zone's servers at the registrar"],
    ],
    [
      'is one of two, and those that the DNS names do not answer',
      { zones: found(two), publicServers: { trouble: LAME } },
      ['failing', '2 public hosted zones'],
    ],
    [
      'is one of two, and the DNS cannot be asked',
      { zones: found(two), publicServers: { trouble: TROUBLE } },
      ['warning', 'could not look up it'],
    ],
  ])('%s', (_, more, expected) => {
    expectOne('zone', { identifiers: [identifier(place(more))] }, expected);
  });
});

describe('the delegation', () => {
  it.each<[string, Answer<string[]>, Expected]>([
    ['is to the very servers', found(SERVERS), ['ok', 'the 2 servers of hosted zone example.com']],
    [
      'is to those of a zone that was',
      found(['ns-8.awsdns-08.com']),
      ['failing', 'none of them', `set ${SERVERS.join(', ')}`],
    ],
    ['is to servers that do not answer', { trouble: LAME }, ['failing', '(ESERVFAIL)', 'at the registrar']],
    ['is not there', found([]), ['failing', 'knows no name servers of example.com', 'at the registrar']],
    ['lacks one', found(SERVERS.slice(1)), ['warning', 'not all and only', 'at the registrar']],
    ['has one of others', found([...SERVERS, 'ns.other.test']), ['warning', 'not all and only']],
  ])('%s', (_, publicServers, expected) => {
    expectOne('delegation', { identifiers: [identifier(place({ publicServers }))] }, expected);
  });
});

it('a name below a delegation is told with the servers it goes to', () => {
  const records = found([
    record('NS', { name: 'www.example.com', values: ['ns1.other.test.', 'ns2.other.test.'] }),
  ]);
  expectOne('sub-zone', { identifiers: [identifier(place({ records }))] }, [
    'failing',
    'www.example.com is delegated to ns1.other.test, ns2.other.test',
    'create a hosted zone for www.example.com',
  ]);
});

describe('at the challenge name', () => {
  it.each<[string, FoundRecord[], Expected]>([
    ['nothing', [], ['ok', 'is free']],
    ['TXT of others', [record('TXT', { values: ['"a"', '"b"'] })], ['ok', 'holds 2 TXT of others']],
    [
      'a multivalue TXT',
      [record('TXT', { kind: 'routing-policy' })],
      ['failing', 'multivalue', 'simple record'],
    ],
    ['an alias TXT', [record('TXT', { kind: 'alias' })], ['failing', 'an alias', 'remove it']],
    [
      'a CNAME that the DNS does not show',
      [record('CNAME')],
      ['failing', 'does not show', 'remove the CNAME'],
    ],
    [
      'an address',
      [record('A', { kind: 'alias' })],
      ['warning', 'A (alias) at _acme-challenge', 'by mistake'],
    ],
    ['CAA', [record('CAA')], ['ok', 'is free']],
    ['a record of a name above', [record('A', { name: 'www.example.com' })], ['ok', 'is free']],
  ])('%s', (_, records, expected) => {
    expectOne('challenge-name', { identifiers: [identifier(place({ records: found(records) }))] }, expected);
  });

  const start = place({ records: found([record('CNAME')]) });
  it.each<[string, IdentifierFacts, Expected]>([
    [
      'a CNAME to a challenge target',
      identifier(start, place({ name: 'proofs.example.com' })),
      ['ok', `${CHALLENGE} -> proofs.example.com in hosted zone`],
    ],
    [
      'a CNAME to another challenge name',
      identifier(start, place({ name: '_acme-challenge.example.com' })),
      ['ok', ' -> _acme-challenge.example.com'],
    ],
    [
      'a CNAME to where the stack may not write',
      identifier(start, place({ name: 'x.example.com' })),
      ['failing', '-> x.example.com', 'add "x.example.com" to challengeTargets in settings.yml'],
    ],
    [
      'a CNAME out of our zones',
      identifier(
        start,
        place({
          name: 'x.other.test',
          zones: { trouble: { reason: 'no-hosted-zone', seen: '', remedy: '' } },
        }),
      ),
      ['failing', '-> x.other.test, which is in no public hosted zone', 'point the CNAME into one'],
    ],
    [
      'a wildcard CNAME',
      identifier(place(), place({ name: 'x.example.com' })),
      ['ok', `${CHALLENGE} is free: its zone holds no CNAME there`],
    ],
    [
      'a circle of CNAMEs',
      identifier(start, place({ name: CHALLENGE }), {
        path: found({ names: [CHALLENGE, 'b', CHALLENGE], ends: false }),
      }),
      ['failing', `do not end: ${CHALLENGE} -> b -> ${CHALLENGE}`, 'remove the CNAME'],
    ],
  ])('%s', (_, facts, expected) => {
    expectOne('challenge-name', { identifiers: [facts] }, expected);
  });
});

describe('a standing record', () => {
  const wanted = wantedOf({ names: ['www.example.com'], challenge: 'dns-persist-01' });
  const value = 'ca.test; accounturi=https://ca.test/7';
  const standing = (values: string[], state?: State) => ({
    wanted,
    standing: {
      places: [{ identifier: 'www.example.com', standing: found({ values }) }],
      state: found(state),
    },
  });
  const refused = (lastCa: string): State => ({
    failures: 1,
    lastCa,
    lastFailure: { at: NOW.toISOString(), reason: 'dns-persist-01-not-offered', message: 'no' },
  });
  const where = '_validation-persist.www.example.com';
  it.each<[string, Partial<CertificateFacts>, Expected]>([
    ['lets our account issue', standing([value]), ['ok', `${where} lets our account issue`]],
    [
      'is not there',
      standing([]),
      ['failing', `${where}: nothing stands there`, `put this TXT there: "${value}"`],
    ],
    [
      'is for another account',
      standing(['ca.test; accounturi=https://ca.test/8']),
      ['failing', 'another account', `"${value}"`],
    ],
    [
      'has to name the account by a hash (draft 02)',
      {
        ...standing([value]),
        account: {
          ...ACCOUNT,
          directory: found({
            caaIdentity: 'ca.test',
            profiles: [],
            standing: { issuer: 'issuer.test', accountHashPrefix: 'https://ca.test/hash/' },
          }),
          kept: found({ accountUri: 'https://ca.test/7', thumbprint: 'T'.repeat(43) }),
        },
      },
      [
        'failing',
        'no value there is for issuer.test',
        '"issuer.test; accounturi=https://ca.test/hash/sha-256/',
      ],
    ],
    [
      'cannot be told where the key is not known (draft 02)',
      {
        ...standing([value]),
        account: {
          ...ACCOUNT,
          directory: found({
            caaIdentity: 'ca.test',
            profiles: [],
            standing: { accountHashPrefix: 'https://ca.test/hash/' },
          }),
        },
      },
      ['failing', 'or its key', 'run npx --no-install perennial-tls renew example.com once'],
    ],
    [
      'is hidden by a CNAME',
      {
        ...standing([]),
        standing: {
          ...standing([]).standing,
          places: [{ identifier: 'www.example.com', standing: found({ values: [], alias: 'lb.test' }) }],
        },
      },
      ['failing', 'a CNAME to lb.test, whose TXT counts', `"${value}"`],
    ],
    [
      'lacks the wildcard',
      {
        ...standing([value]),
        wanted: wantedOf({ ...wanted, names: ['www.example.com', '*.www.example.com'] }),
      },
      ['failing', 'lacks policy=wildcard', `"${value}; policy=wildcard"`],
    ],
    [
      'cannot be told before there is an account',
      { ...standing([]), account: { ...ACCOUNT, kept: found(undefined) } },
      ['failing', 'not known yet', 'run npx --no-install perennial-tls renew example.com once'],
    ],
    [
      'cannot be told where the CA does not say who it is',
      {
        ...standing([]),
        account: { ...ACCOUNT, directory: found({ caaIdentity: undefined, profiles: [] }) },
      },
      ['failing', 'tells no name', 'see whether it answers'],
    ],
    [
      'is of no use where the CA has refused it',
      standing([value], refused(ACCOUNT.directoryUrl)),
      ['failing', 'offered no dns-persist-01 at 2026-11-20', 'take "challenge" out'],
    ],
    [
      'is looked at where another CA has refused it',
      standing([value], refused('https://other.test/directory')),
      ['ok', where],
    ],
  ])('%s', (_, facts, expected) => {
    expectOne('standing-record', facts, expected);
  });

  const lame = identifier(
    place({ zones: { trouble: { reason: 'no-hosted-zone', seen: 'none holds it', remedy: 'create one' } } }),
    place({ name: 'proofs.elsewhere.test' }),
  );
  const checksOf = (facts: Partial<CertificateFacts>) =>
    examined({ ...standing([value]), identifiers: [lame], ...facts }).map(({ check }) => check);

  it('needs no challenge name, and a hosted zone only for CAA', () => {
    const off = wantedOf({ ...wanted, caa: { mode: 'off', restrict: false } });
    const rest = ['standing-record', 'dnssec', 'caa', 'account', 'schedule', 'hosts'];
    expect(checksOf({ wanted: off })).toEqual(['health', ...rest]);
    expect(checksOf({})).toEqual(['health', 'zone', 'delegation', ...rest]);
  });
});

describe('CAA', () => {
  const at = (...values: string[]) =>
    values.map((text) => {
      const [, flags, tag = '', value = ''] = /^(\d+) (\S+) "(.*)"$/.exec(text) ?? [];
      return { flags: Number(flags), tag, value };
    });
  const caa = (...values: string[]) => [
    { name: 'www.example.com', set: found({ at: 'example.com', properties: at(...values) }) },
  ];
  const mode = (caaMode: 'manage' | 'check' | 'off') => ({
    wanted: wantedOf({ caa: { mode: caaMode, restrict: false } }),
  });
  it.each<[string, Partial<CertificateFacts>, Expected]>([
    ['none, to be made', {}, ['ok', 'the next renewal makes one']],
    ['none, and none wanted', mode('check'), ['ok', 'no set restricts']],
    ['lets the CA issue', { caa: caa('0 issue "ca.test"') }, ['ok', 'at example.com lets ca.test issue']],
    [
      'names another CA, and may be added to',
      { caa: caa('0 issue "other.test"') },
      ['ok', 'the next renewal adds ca.test'],
    ],
    [
      'names another CA, and is only checked',
      { ...mode('check'), caa: caa('0 issue "other.test"') },
      [
        'failing',
        '0 issue "other.test" at example.com',
        'add 0 issue "ca.test" at example.com, or set caa.mode',
      ],
    ],
    [
      'names another CA, and is let alone',
      { ...mode('off'), caa: caa('0 issue ";"') },
      ['failing', '0 issue ";"', 'the set says that nobody may issue; if it shall, set 0 issue "ca.test"'],
    ],
    [
      'names another CA outside the domains',
      { caa: caa('0 issue "other.test"'), stack: { ...STACK, domains: ['www.example.com'] } },
      ['failing', 'does not let ca.test issue', 'add 0 issue "ca.test" at example.com'],
    ],
    ['has an unknown critical property', { caa: caa('128 tbs "x"') }, ['failing', '128 tbs', 'remove it']],
    [
      'has an open value that makes an accounturi void',
      { caa: caa('0 issue "ca.test; accounturi=https://ca.test/1"', '0 issue "ca.test"') },
      [
        'warning',
        '0 issue "ca.test" at example.com makes "ca.test; accounturi=https://ca.test/1" void',
        'remove',
      ],
    ],
    [
      'has an open value of another CA beside an accounturi',
      { caa: caa('0 issue "ca.test; accounturi=https://ca.test/7"', '0 issue "other.test"') },
      ['ok', 'lets ca.test issue'],
    ],
    [
      'binds the CA to our account',
      { ...mode('check'), caa: caa('0 issue "ca.test; accounturi=https://ca.test/7"') },
      ['ok', 'lets ca.test issue'],
    ],
    [
      'binds the CA to another account',
      { ...mode('check'), caa: caa('0 issue "ca.test; accounturi=https://ca.test/8"') },
      ['failing', 'accounturi=https://ca.test/8', 'mend the accounturi'],
    ],
    [
      'binds the CA to another account, and gets a value of ours',
      { caa: caa('0 issue "ca.test; accounturi=https://ca.test/8"') },
      ['ok', 'the next renewal adds ca.test'],
    ],
    [
      'asks for what only the CA knows',
      { caa: caa('0 issue "ca.test; policy=ev; accounturi=https://ca.test/8"') },
      [
        'failing',
        'policy=ev',
        'set 0 issue "ca.test; policy=ev; accounturi=https://ca.test/7; validationmethods=dns-01" at example.com',
      ],
    ],
    [
      'says that nobody may issue',
      { caa: caa('0 issue ";"') },
      ['failing', '0 issue ";"', 'if it shall, set 0 issue "ca.test" at example.com'],
    ],
    [
      'binds the CA to an account, and ours is not known yet',
      {
        ...mode('check'),
        account: { ...ACCOUNT, kept: found(undefined) },
        caa: caa('0 issue "ca.test; accounturi=https://ca.test/8"'),
      },
      ['ok', 'lets ca.test issue'],
    ],
    [
      'forbids DNS-01',
      { ...mode('check'), caa: caa('0 issue "ca.test; validationmethods=http-01"') },
      ['failing', 'http-01', 'validationmethods'],
    ],
    [
      'of a CA without a name',
      { account: { ...ACCOUNT, directory: found({ caaIdentity: undefined, profiles: [] }) } },
      ['ok', 'no name'],
    ],
  ])('%s', (_, facts, expected) => {
    expectOne('caa', facts, expected);
  });
});

describe('the account', () => {
  it.each<[string, Partial<AccountFacts>, Expected]>([
    ['is kept', {}, ['ok', 'kept in the bucket as accounts/keys/ca.test-1a2b3c4d.json']],
    ['is made with the first order', { kept: found(undefined) }, ['ok', 'made with the first order']],
    [
      'cannot be made',
      { kept: found(undefined), agreeToTerms: false },
      ['failing', 'agreement', 'set agreeToTerms'],
    ],
    [
      'is at a CA that does not answer',
      {
        directory: {
          trouble: { reason: 'ca-timeout', seen: 'the CA ca.test did not answer within 5 s', remedy: '' },
        },
      },
      ['failing', 'did not answer within 5 s', 'https://ca.test/directory'],
    ],
  ])('%s', (_, more, expected) => {
    expectOne('account', { account: { ...ACCOUNT, ...more } }, expected);
  });
});

describe('the profile', () => {
  const profile = { wanted: wantedOf({ profile: 'tlsserver' }) };
  const offered = (...profiles: string[]) => ({
    account: { ...ACCOUNT, directory: found({ caaIdentity: 'ca.test', profiles }) },
  });
  it.each<[string, Partial<CertificateFacts>, Expected]>([
    ['is there', { ...profile, ...offered('classic', 'tlsserver') }, ['ok', 'the CA has tlsserver']],
    [
      'is unknown to the CA',
      { ...profile, ...offered('classic', 'shortlived') },
      ['failing', 'has no profile "tlsserver"', 'it has classic, shortlived'],
    ],
    [
      'is asked of a CA without any',
      { ...profile, ...offered() },
      ['failing', 'no profile', 'take "profile" out'],
    ],
  ])('%s', (_, facts, expected) => {
    expectOne('profile', facts, expected);
  });
});

describe('the schedule', () => {
  const early = (renewBeforeDays: number) => ({ wanted: wantedOf({ renewBeforeDays }) });
  const live = (left: number, days = 90) => ({
    live: found(pointerOf(new Date(NOW.getTime() + left * DAY), days)),
  });
  it.each<[string, Partial<CertificateFacts>, Expected]>([
    ['fits 90 days', {}, ['ok', 'lives 90 days']],
    ['fits six days', live(5, 6), ['ok', 'lives 6 days']],
    ['fits a day', live(0.9, 1), ['ok', 'lives 24 hours']],
    ['is quick enough for 18 hours', live(0.5, 0.75), ['ok', 'lives 18 hours']],
    ['is too slow for six hours', live(0.1, 0.25), ['failing', 'lives 6 hours', 'lives longer']],
    [
      'is too slow by params',
      { ...live(5, 6), stack: { ...STACK, checkEveryHours: 24 } },
      ['failing', 'every 24 h', 'checkEveryHours to 18'],
    ],
    ['leaves no life', { ...early(90), ...live(60) }, ['failing', 'every check renews it', 'to 30 or less']],
    ['leaves less than half', { ...early(46), ...live(60) }, ['warning', 'over half', 'to 30 or less']],
    ['leaves half', { ...early(45), ...live(60) }, ['ok', 'lives 90 days']],
    ['waits for a first issue', { live: found(undefined) }, ['ok', 'not issued yet']],
    [
      'is beyond any lifetime before the first issue',
      { ...early(120), live: found(undefined) },
      ['warning', 'renewBeforeDays is 120'],
    ],
    ['was missed', live(-1), ['failing', 'expired at', 'renewals have failed']],
    ['is late', live(14), ['warning', 'last sixth', 'renewals have failed']],
  ])('%s', (_, facts, expected) => {
    expectOne('schedule', facts, expected);
  });
});

function group(more: Partial<GroupFacts['group']> = {}): GroupFacts['group'] {
  return { name: 'web', reload: 'container', container: 'nginx', ...more };
}

function host(more: Partial<HostFacts> = {}): HostFacts {
  return {
    instanceId: 'i-00000001',
    online: true,
    agentVersion: '3.3.2746.0',
    record: found(reported({})),
    ...more,
  };
}

function reported(more: object) {
  const { version } = pointerOf(NOW);
  const lineage = { version, outcome: 'served', at: NOW.toISOString(), commandId: 'c', ...more };
  return { instanceId: 'i-00000001', group: 'web', lineages: { 'example.com': lineage } };
}

it('a group that may not read the live version yet is a warning, whatever its hosts have', () => {
  const live = pointerOf(new Date(NOW.getTime() + 60 * DAY), 90, { hosts: ['api'] });
  const groups = [{ group: group(), hosts: found([host({ record: found(undefined) })]) }];
  expectOne('served', { live: found(live), groups }, ['warning', 'web may not read', 'hourly check']);
});

describe('hosts', () => {
  it.each<[string, Check, HostFacts[], Expected]>([
    ['that are none', 'hosts', [], ['failing', 'perennial-group=web', 'tag the hosts']],
    ['that are online', 'hosts', [host()], ['ok', '1 online']],
    [
      'of which one is offline',
      'hosts',
      [host(), host({ instanceId: 'i-2', online: false })],
      ['warning', 'i-2 (of 2)', 'start the host'],
    ],
    [
      'that are all offline',
      'hosts',
      [host({ online: false })],
      ['failing', 'i-00000001 (of 1)', 'start the host'],
    ],
    ['with the oldest agent that will do', 'agent', [host()], ['ok', '3.3.2746.0 or newer']],
    ['with a newer agent', 'agent', [host({ agentVersion: '3.10.1.0' })], ['ok', '3.3.2746.0 or newer']],
    [
      'with an older agent',
      'agent',
      [host({ agentVersion: '3.3.987.0' })],
      ['failing', 'i-00000001 has 3.3.987.0', 'AWS-UpdateSSMAgent'],
    ],
    [
      'with a much older agent',
      'agent',
      [host({ agentVersion: '2.9.9999.9' })],
      ['failing', 'has 2.9.9999.9'],
    ],
    [
      'without a version',
      'agent',
      [host({ agentVersion: undefined })],
      ['warning', 'no agent version', '3.3.2746.0'],
    ],
    ['with their container', 'container', [host()], ['ok', 'nginx']],
    ['that have not reported', 'container', [host({ record: found(undefined) })], ['ok', 'reported yet']],
    [
      'without their container',
      'container',
      [
        host({
          record: found(reported({ outcome: 'failed', reason: 'container-not-found', message: 'no nginx' })),
        }),
      ],
      ['failing', 'i-00000001 reported container-not-found: no nginx', 'start the container nginx'],
    ],
    ['on the live version', 'served', [host()], ['ok', 'serves the live version']],
    [
      'that never reported',
      'served',
      [host({ record: found(undefined) })],
      ['failing', 'never reported', 'hourly check'],
    ],
    [
      'on an old version',
      'served',
      [
        host({
          record: found(
            reported({ version: 'v0', outcome: 'rolled-back', reason: 'nginx-test-failed', message: 'bad' }),
          ),
        }),
      ],
      [
        'failing',
        'i-00000001 is on v0, live is 20260101T000000Z-0a1b2c (nginx-test-failed: bad)',
        'hourly check',
      ],
    ],
    [
      'on an old version while offline',
      'served',
      [host({ online: false, record: found(reported({ version: 'v0' })) })],
      ['failing', 'is on v0', 'when it is online again'],
    ],
    [
      'that hold it and serve it nowhere',
      'served',
      [host({ record: found(reported({ outcome: 'installed-not-served' })) })],
      ['warning', 'nothing on it served', 'live/'],
    ],
  ])('%s (%s)', (_, check, hosts, expected) => {
    expectOne(check, { groups: [{ group: group(), hosts: found(hosts) }] }, expected);
  });

  it.each<[string, NonNullable<GroupFacts['unmanaged']>, Expected]>([
    [
      'are told apart from none',
      found(['i-7', 'i-8']),
      ['failing', 'i-7, i-8 in eu-central-1', 'AmazonSSMManagedInstanceCore'],
    ],
    [
      'are named up to five',
      found(['a', 'b', 'c', 'd', 'e', 'f']),
      ['failing', 'a, b, c, d, e and 1 more in', 'Default Host Management'],
    ],
    [
      'that nobody could list are taken for none',
      { trouble: TROUBLE },
      ['failing', 'no host in eu-central-1 carries the tag perennial-group=web'],
    ],
    ['that are none either are none', found([]), ['failing', 'no host in eu-central-1 carries']],
  ])('that Systems Manager does not manage %s', (_, unmanaged, expected) => {
    expectOne('hosts', { groups: [{ group: group(), hosts: found([]), unmanaged }] }, expected);
  });

  it('without a container to look for are not asked about one', () => {
    const service = { group: group({ reload: 'service' }), hosts: found([host()]) };
    expect(examined({ groups: [service] }).filter(({ check }) => check === 'container')).toEqual([]);
  });
});

describe('a file', () => {
  const stack = stackOf({ hostGroups: [hostGroup('web')] });
  it.each<[string, string, Check, string, string]>([
    ['that is no JSON', '{', 'file', 'is not JSON', 'mend renewal/a.json and upload it again'],
    [
      'of unknown keys',
      '{"names":["example.com"],"hots":[]}',
      'file',
      'unknown key "hots"',
      'mend renewal/a.json',
    ],
    [
      'with two faults',
      '{"names":[],"key":"x"}',
      'file',
      'names: lists no name; give at least one; key: ',
      'mend',
    ],
    [
      'for a group that is none',
      '{"names":["example.com"],"hosts":["db"]}',
      'file',
      '"db" is not one of web',
      'add it to hostGroups in settings.yml',
    ],
    [
      'with names outside',
      '{"names":["a.test","*.a.test","b.test"]}',
      'domains',
      'a.test, b.test outside',
      'add "a.test", "b.test" to domains in settings.yml',
    ],
  ])('%s is failing', (_, text, check, seen, remedy) => {
    const { results } = checkFile(text, 'a', stack);
    expect(results.filter(({ status }) => status !== 'ok')).toEqual([
      {
        check,
        status: 'failing',
        seen: expect.stringContaining(seen),
        remedy: expect.stringContaining(remedy),
      },
    ]);
  });

  it('with names outside the domains is looked at further', () => {
    expect(checkFile('{"names":["a.test"]}', 'a', stack).wanted?.names).toEqual(['a.test']);
  });
});

describe('an event', () => {
  it.each<[unknown, 'all' | string[]]>([
    [{}, 'all'],
    [null, 'all'],
    [undefined, 'all'],
    ['', 'all'],
    [{ names: '*' }, 'all'],
    [{ names: ['a', 'b', 'a'] }, ['a', 'b']],
  ])('%j asks about %j', (event, names) => {
    expect(parseDoctorRequest(event)).toEqual(names);
  });

  it.each([{ names: [] }, { names: 'a' }, { names: ['../x'] }, { name: ['a'] }, 'a', [], 7])(
    '%j is refused in one line',
    (event) => {
      expect(() => parseDoctorRequest(event)).toThrow(/^event: [^\n]+$/);
    },
  );
});

describe('DNSSEC, which CAs validate', () => {
  const sets = (proof: Validation, caa: Validation = proof): DnssecFacts => ({
    ...UNSIGNED,
    sets: [
      { name: CHALLENGE, type: 'TXT', validation: found(proof) },
      { name: 'www.example.com', type: 'CAA', validation: found(caa) },
    ],
  });
  const insecure: Validation = { status: 'insecure' };
  const secure: Validation = { status: 'secure' };
  const bogus = (why?: string): Validation => ({ status: 'bogus', why });
  const signed = (answer: Answer<boolean>): DnssecFacts => ({
    ...UNSIGNED,
    zones: [{ zone: 'example.com', signed: answer }],
  });

  it.each<[string, DnssecFacts, Expected]>([
    ['validates', sets(secure), ['ok', 'signed, and validates']],
    ['validates as far as it is signed', sets(secure, insecure), ['ok', 'signed, and validates']],
    ['is not there', sets(insecure), ['ok', 'not signed, which CAs take']],
    [
      'is bogus for the proof',
      sets(bogus('signature expired'), insecure),
      [
        'failing',
        `the validating resolver 192.0.2.53 refuses the TXT of ${CHALLENGE} as bogus (it says: signature expired)`,
        'take its DS out of the zone above',
      ],
    ],
    [
      'is bogus for CAA only, and the resolver says no more',
      sets(secure, bogus()),
      ['failing', 'refuses the CAA of www.example.com as bogus', 'CAs validate DNSSEC'],
    ],
    [
      'is a signed zone without a DS above it',
      signed(found(true)),
      ['warning', 'example.com is signed, and the zone above has no DS for it', 'put the DS'],
    ],
    ['is a zone without keys', signed(found(false)), ['ok', 'not signed']],
    ['is a zone whose keys cannot be asked for', signed({ trouble: TROUBLE }), ['ok', 'not signed']],
    [
      'cannot be asked for, which is said once',
      {
        ...UNSIGNED,
        sets: ['a', 'b'].map((name) => ({ name, type: 'TXT', validation: { trouble: TROUBLE } })),
      },
      ['warning', 'could not look up it: ETIMEOUT', 'run doctor again'],
    ],
  ])('%s', (_, dnssec, expected) => {
    expectOne('dnssec', { dnssec }, expected);
  });

  it('is said to be bogus for each record set', () => {
    const own = examined({ dnssec: sets(bogus()) }).filter(({ check }) => check === 'dnssec');
    expect(own.map(({ status }) => status)).toEqual(['failing', 'failing']);
  });

  it('is no matter where nothing answers', () => {
    const dnssec = sets({ status: 'unanswered' });
    expect(examined({ dnssec }).filter(({ check }) => check === 'dnssec')).toEqual([]);
  });
});
