import { beforeEach, describe, expect, it } from 'vitest';
import { diagnosisText } from '../../../cli/commands/doctor.ts';
import { NoticeError } from '../../../lib/adapters/aws/notice-topic.ts';
import { pointerText } from '../../../lib/foundation/certificate/live-pointer.ts';
import { DnsError } from '../../../lib/issuance/dns/resolver.ts';
import { ZoneError } from '../../../lib/issuance/dns/zones.ts';
import { type DoctorDeps, diagnose } from '../../../lib/reporting/doctor/doctor.ts';
import { FakeHosts } from '../../fakes/fake-hosts.ts';
import { FakeResolver } from '../../fakes/fake-resolver.ts';
import { FakeValidatingResolver } from '../../fakes/fake-validating-resolver.ts';
import { FakeZones } from '../../fakes/fake-zones.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { pointerOf } from '../../fakes/pointers.ts';
import { hostGroup, stackOf, zoneRole } from '../../fakes/stack.ts';
import { subscriptionsOf, TOPIC } from '../../fakes/subscriptions.ts';

const NOW = new Date('2026-11-20T02:00:00Z');
const STACK = stackOf({ zoneRoles: [zoneRole('dns')], hostGroups: [hostGroup('web')] });
const VERSION = '20260101T000000Z-0a1b2c';
let store: MemoryStore;
let zones: FakeZones;
let resolver: FakeResolver;
let validating: FakeValidatingResolver;
let asked: string[];

beforeEach(async () => {
  store = new MemoryStore(() => NOW);
  zones = new FakeZones('example.com');
  resolver = new FakeResolver(zones);
  resolver.delegations.set('example.com', await zones.nameServers('ZEXAMPLECOM'));
  validating = new FakeValidatingResolver();
  asked = [];
});

function doctor(event: unknown, more: Partial<DoctorDeps> = {}) {
  const deps: DoctorDeps = {
    store,
    zonesOf: () => zones,
    hosts: new FakeHosts(),
    instances: { inGroup: async () => [] },
    resolver,
    validating,
    describeAccount: async (ca) => {
      asked.push(ca);
      return undefined;
    },
    readDirectory: async () => ({ caaIdentity: 'ca.test', profiles: [] }),
    subscriptions: subscriptionsOf(),
    stack: STACK,
    ...more,
  };
  return diagnose(deps, event, NOW);
}

const want = (name: string, ...names: string[]) =>
  store.put(`renewal/${name}.json`, JSON.stringify({ names }));
const troubles = async (diagnosis: ReturnType<typeof doctor>) =>
  (await diagnosis).findings.filter(({ check, status }) => status !== 'ok' && check !== 'health');

it('looks at all certificates unless some are named', async () => {
  await want('a', 'a.example.com');
  await want('b', 'b.example.com');
  expect(await doctor(undefined)).toMatchObject({
    at: NOW.toISOString(),
    certificates: 2,
    counts: { failing: 0 },
  });
  const { findings } = await doctor({ names: ['b'] });
  expect([...new Set(findings.map(({ certificate }) => certificate))]).toEqual(['b']);
});

it('of more findings than an answer takes gives the worst first, and counts all', async () => {
  const names = Array.from({ length: 3_400 }, (_, index) => `site-${String(index).padStart(4, '0')}`);
  for (const name of names) await want(name, `${name}.example.com`, `${name}.${'a'.repeat(60)}.example.com`);
  await want('z-broken', 'not a name');
  const diagnosis = await doctor({});
  const { findings, left = 0, counts } = diagnosis;
  expect(Buffer.byteLength(JSON.stringify(diagnosis))).toBeLessThan(6_000_000);
  expect(findings[0]).toMatchObject({ certificate: 'z-broken', status: 'failing' });
  expect(left).toBeGreaterThan(0);
  expect(findings.length + left).toBe(counts.ok + counts.warning + counts.failing);
  expect(diagnosisText(diagnosis)).toContain(`${left} more are ok, or found no room here`);
}, 60_000);

it('asks about an account once for all certificates of one CA', async () => {
  for (const name of ['a', 'b', 'c']) await want(name, `${name}.example.com`);
  await doctor({});
  expect(asked).toEqual(['https://ca.test/directory']);
});

it('tells a certificate without a file, and a file without a good name', async () => {
  expect(await troubles(doctor({ names: ['nobody'] }))).toMatchObject([
    { certificate: 'nobody', check: 'file', status: 'failing', seen: 'renewal/nobody.json does not exist' },
  ]);
  await store.put('renewal/Upper.json', '{}');
  expect(await troubles(doctor({}))).toMatchObject([
    { certificate: 'Upper', check: 'file', status: 'failing', seen: expect.stringContaining('Upper') },
  ]);
});

it('follows CNAMEs, and stops in a circle', async () => {
  await want('a', 'a.example.com');
  resolver.cnames.set('_acme-challenge.a.example.com', '_acme-challenge.b.example.com');
  resolver.cnames.set('_acme-challenge.b.example.com', '_acme-challenge.c.example.com');
  resolver.cnames.set('_acme-challenge.c.example.com', '_acme-challenge.b.example.com');
  expect(await troubles(doctor({}))).toMatchObject([
    {
      check: 'challenge-name',
      seen: expect.stringMatching(/do not end: .*a\.\S+ -> .*b\.\S+ -> .*c\.\S+ -> .*b\./),
    },
  ]);
});

it('follows no more CNAMEs than a renewal does', async () => {
  await want('a', 'a.example.com');
  for (let step = 0; step < 20; step += 1)
    resolver.cnames.set(
      step === 0 ? '_acme-challenge.a.example.com' : `n${step}.example.com`,
      `n${step + 1}.example.com`,
    );
  const [finding] = await troubles(doctor({}));
  expect(finding).toMatchObject({
    check: 'challenge-name',
    seen: expect.stringContaining('-> n8.example.com'),
  });
  expect(finding?.seen).not.toContain('n10.example.com');
});

it('takes the CAA set that is nearest on the climb', async () => {
  await store.put('renewal/a.json', JSON.stringify({ names: ['a.b.example.com'], caa: { mode: 'check' } }));
  zones.overwrite('ZEXAMPLECOM', {
    name: 'example.com',
    type: 'CAA',
    ttl: 60,
    values: ['0 issue "ca.test"'],
  });
  expect(await troubles(doctor({}))).toEqual([]);
  zones.overwrite('ZEXAMPLECOM', { name: 'b.example.com', type: 'CAA', ttl: 60, values: ['0 issue ";"'] });
  expect(await troubles(doctor({}))).toMatchObject([
    { check: 'caa', seen: expect.stringContaining('at b.example.com') },
  ]);
});

it("looks at the CAA set that governs a name while its proof keeps a wildcard's out of effect, too", async () => {
  await store.put('renewal/a.json', JSON.stringify({ names: ['a.example.com'], caa: { mode: 'check' } }));
  const caa = (name: string, value: string) =>
    zones.overwrite('ZEXAMPLECOM', { name, type: 'CAA', ttl: 60, values: [value] });
  caa('*.example.com', '0 issue "ca.test"');
  caa('example.com', '0 issue ";"');
  const shown = resolver.caa.bind(resolver);
  resolver.caa = async (name) => shown(name === 'a.example.com' ? '*.example.com' : name);
  expect(await troubles(doctor({}))).toMatchObject([
    { check: 'caa', seen: expect.stringContaining('0 issue ";" at example.com') },
  ]);
});

it('looks through the zone role that a file names, and tells once that it cannot be assumed', async () => {
  await want('own', 'own.example.com');
  const names = ['a.example.com', 'b.example.com'];
  await store.put('renewal/theirs.json', JSON.stringify({ names, zoneRole: 'dns' }));
  const other = new FakeZones('example.com');
  const zonesOf = (role: string | undefined) => (role === 'dns' ? other : zones);
  expect(await troubles(doctor({}, { zonesOf }))).toEqual([]);
  other.list = async () => {
    throw new ZoneError('zone-role-denied', {
      seen: 'could not assume zone role dns: denied',
      remedy: 'mend its trust policy',
    });
  };
  expect(await troubles(doctor({}, { zonesOf }))).toEqual([
    {
      certificate: 'theirs',
      check: 'zone',
      status: 'failing',
      seen: 'could not assume zone role dns: denied',
      remedy: 'mend its trust policy',
    },
  ]);
});

it('says what it cannot see where only renew may enter the zones', async () => {
  await store.put('renewal/theirs.json', JSON.stringify({ names: ['a.example.com'], zoneRole: 'dns' }));
  const other = new FakeZones('example.com');
  other.list = async () => {
    throw new ZoneError('zone-role-unseen', 'the hosted zones of zone role dns are not seen here');
  };
  const zonesOf = (role: string | undefined) => (role === 'dns' ? other : zones);
  expect(await troubles(doctor({}, { zonesOf }))).toMatchObject([
    { check: 'zone', status: 'warning', seen: 'the hosted zones of zone role dns are not seen here' },
  ]);
});

it("looks for each name's standing record, and for no hosted zone", async () => {
  const names = ['a.example.org', '*.a.example.org', 'b.example.org'];
  await store.put(
    'renewal/a.json',
    JSON.stringify({ names, challenge: 'dns-persist-01', caa: { mode: 'off' } }),
  );
  const describeAccount = async () => ({ accountUri: 'https://ca.test/1' });
  const value = 'ca.test; accounturi=https://ca.test/1';
  const at = new Map([['_validation-persist.a.example.org', [`${value}; policy=wildcard`]]]);
  const txt = async (name: string) => at.get(name) ?? [];
  const stack = { ...STACK, domains: ['example.org'] };
  const more = { describeAccount, stack, resolver: Object.assign(resolver, { txt }) };
  expect(await troubles(doctor({}, more))).toEqual([
    {
      certificate: 'a',
      check: 'standing-record',
      status: 'failing',
      seen: '_validation-persist.b.example.org: nothing stands there',
      remedy: `put this TXT there: "${value}"`,
    },
  ]);
  at.set('_validation-persist.b.example.org', [value]);
  expect(await troubles(doctor({}, more))).toEqual([]);
});

it('goes on with the other checks when one part does not answer', async () => {
  await want('a', 'a.example.com');
  const denied = async () => {
    throw new ZoneError('zone-access-denied', 'could not list the hosted zones: denied');
  };
  const silent = async () => {
    throw new DnsError('could not look up CAA of it: ETIMEOUT', { code: 'ETIMEOUT' });
  };
  const more = {
    zonesOf: () => ({ list: denied, nameServers: denied, records: denied }),
    resolver: { ns: silent, cname: silent, caa: silent, txt: silent },
  };
  const { findings } = await doctor({}, more);
  expect(findings.map(({ check, status }) => `${check} ${status}`)).toEqual([
    'file ok',
    'domains ok',
    'health warning',
    'zone warning',
    'dnssec ok',
    'caa warning',
    'account ok',
    'schedule ok',
    'hosts ok',
  ]);
});

it('has validated what a CA will ask for, each once, and asks for keys only where nothing is signed', async () => {
  await want('a', 'a.example.com', '*.a.example.com');
  await want('b', 'a.example.com', 'b.example.com');
  validating.validations.set('TXT _acme-challenge.b.example.com', {
    status: 'bogus',
    why: 'signature expired',
  });
  expect(await troubles(doctor(undefined))).toMatchObject([
    {
      certificate: 'b',
      check: 'dnssec',
      status: 'failing',
      seen: expect.stringContaining('signature expired'),
    },
  ]);
  expect(validating.asked.sort()).toEqual([
    'CAA a.example.com',
    'CAA b.example.com',
    'DNSKEY example.com',
    'TXT _acme-challenge.a.example.com',
    'TXT _acme-challenge.b.example.com',
  ]);
});

it('says of a zone that is signed without a DS above it', async () => {
  await want('a', 'a.example.com');
  validating.keys.add('example.com');
  expect(await troubles(doctor({}))).toMatchObject([{ check: 'dnssec', status: 'warning' }]);
  validating.validations.set('TXT _acme-challenge.a.example.com', { status: 'secure' });
  expect(await troubles(doctor({}))).toEqual([]);
});

it('has the standing record validated where that is the proof', async () => {
  const challenge = 'dns-persist-01';
  await store.put('renewal/a.json', JSON.stringify({ names: ['a.example.com'], challenge }));
  await doctor({});
  expect(validating.asked).toContain('TXT _validation-persist.a.example.com');
  expect(validating.asked).not.toContain('TXT _acme-challenge.a.example.com');
});

it('refuses an event of another shape', async () => {
  await expect(doctor({ names: 7 })).rejects.toMatchObject({ reason: 'event-invalid' });
});

it('looks at what is live without a renewal file, and tells of what is wrong with it', async () => {
  await want('a', 'a.example.com');
  const live = (name: string, notAfter: string) =>
    store.put(`live/${name}.json`, pointerText(pointerOf(new Date(notAfter), 90, { version: VERSION })));
  await live('gone', '2026-11-19T00:00:00Z');
  await live('young', '2027-01-30T00:00:00Z');
  await store.put('live/odd.json', '<html>');
  const { certificates, findings } = await doctor(undefined);
  expect(findings.filter(({ certificate }) => certificate !== 'a')).toEqual([
    {
      certificate: 'gone',
      check: 'health',
      status: 'failing',
      seen: expect.stringMatching(/^expired: /),
      remedy: expect.stringMatching(/./),
    },
    {
      certificate: 'odd',
      check: 'health',
      status: 'failing',
      seen: expect.stringMatching(/^unreadable: /),
      remedy: expect.stringMatching(/./),
    },
  ]);
  expect(certificates).toBe(3);
});

describe('those who are to be told of trouble', () => {
  const MAIL = 'you@example.com';
  const confirmed = (endpoint: string) => ({ endpoint, isConfirmed: true });
  const told = async (...who: Parameters<typeof subscriptionsOf>) => {
    const { findings, counts } = await doctor(undefined, { subscriptions: subscriptionsOf(...who) });
    expect(counts.failing).toBe(findings.filter(({ status }) => status === 'failing').length);
    return findings;
  };

  it.each([
    ['nobody is', [], []],
    ['all have confirmed, in whatever case', [MAIL], [confirmed('You@Example.com')]],
    ['one has confirmed again', [MAIL], [{ endpoint: MAIL, isConfirmed: false }, confirmed(MAIL)]],
  ])('need no word where %s', async (_, wanted, found) => {
    expect(await told(wanted, found)).toEqual([]);
  });

  it('are told of where nobody of them has confirmed', async () => {
    expect(await told([MAIL], [{ endpoint: MAIL, isConfirmed: false }])).toEqual([
      {
        certificate: '(stack)',
        check: 'notify',
        status: 'failing',
        seen: 'you@example.com has not confirmed, and hears nothing',
        remedy:
          'follow the link in the mail "AWS Notification - Subscription Confirmation" within 48 hours of the deploy, after which AWS forgets it',
      },
    ]);
  });

  it('are told of with how to subscribe again once AWS has forgotten them; a warning while another hears', async () => {
    const queue = 'arn:aws:sqs:us-east-1:123456789012:told';
    const findings = await told([MAIL, 'https://hook.test/x', queue], [confirmed('https://hook.test/x')]);
    expect(findings).toMatchObject([
      {
        status: 'warning',
        seen: 'you@example.com is subscribed no more, and hears nothing',
        remedy: `aws sns subscribe --topic-arn ${TOPIC} --protocol email --notification-endpoint you@example.com; then follow the link in the mail "AWS Notification - Subscription Confirmation"`,
      },
      {
        status: 'warning',
        remedy: `aws sns subscribe --topic-arn ${TOPIC} --protocol sqs --notification-endpoint ${queue}`,
      },
    ]);
  });

  it('are a warning where they cannot be looked up, and hold up nothing', async () => {
    await want('a', 'a.example.com');
    const list = async () => {
      throw new NoticeError('notices-unavailable', { seen: 'could not list the subscriptions: Throttling' });
    };
    const { findings } = await doctor(undefined, { subscriptions: { ...subscriptionsOf([MAIL]), list } });
    expect(findings[0]).toMatchObject({
      certificate: '(stack)',
      status: 'warning',
      seen: expect.stringContaining('Throttling'),
    });
    expect(findings.some(({ certificate }) => certificate === 'a')).toBe(true);
  });
});

it('asks for instances with the tag of a group only where Systems Manager knows no host of it, once', async () => {
  const groups: string[] = [];
  const instances = {
    inGroup: async (group: string) => {
      groups.push(group);
      return ['i-0123456789abcdef0'];
    },
  };
  const stack = { ...STACK, hostGroups: ['web', 'db'].map(hostGroup) };
  const hosts = new FakeHosts();
  hosts.groups.set('db', [{ instanceId: 'i-1', online: true, agentVersion: '3.3.3000.0' }]);
  for (const name of ['a', 'b'])
    await store.put(
      `renewal/${name}.json`,
      JSON.stringify({ names: [`${name}.example.com`], hosts: ['web', 'db'] }),
    );
  const { findings } = await doctor(undefined, { instances, hosts, stack });
  expect(groups).toEqual(['web']);
  const told = findings.filter(({ check, status }) => check === 'hosts' && status === 'failing');
  expect(told.map(({ certificate }) => certificate)).toEqual(['a', 'b']);
  expect(told[0]?.seen).toContain(
    'i-0123456789abcdef0 in eu-central-1 carries the tag perennial-group=web, and',
  );
});
