import { describe, expect, it } from 'vitest';
import { findCaa } from '../../../lib/issuance/caa/find-caa.ts';
import { challengeTarget } from '../../../lib/issuance/dns/challenge-target.ts';
import { findPersistRecords } from '../../../lib/issuance/dns/find-persist-records.ts';
import { zoneFinder } from '../../../lib/issuance/dns/find-zone.ts';
import type { FoundRecord } from '../../../lib/issuance/dns/rules/hosted-zones.ts';
import { heldTxt, ownRecords, standingCname } from '../../../lib/issuance/dns/standing.ts';
import { FakeResolver } from '../../fakes/fake-resolver.ts';
import { FakeZones } from '../../fakes/fake-zones.ts';
import { stackOf } from '../../fakes/stack.ts';

const CHALLENGE = '_acme-challenge.www.example.com';
const PERSIST = '_validation-persist.www.example.com';
const LB = 'lb.example.net';
const RIGHT = 'ca.test; accounturi=https://ca.test/account/1';
const ISSUE = { flags: 0, tag: 'issue', value: 'ca.test' };
const OTHER = { flags: 0, tag: 'issue', value: 'other.test' };

const record = (name: string, type: string, ...values: string[]): FoundRecord => ({
  name,
  type,
  kind: 'simple',
  values,
});

interface Shown {
  /** Records of our zone example.com. */
  ours?: FoundRecord[];
  /** What a resolver shows besides. */
  cnames?: Record<string, string>;
  servers?: Record<string, string[]>;
  caa?: Record<string, (typeof ISSUE)[]>;
  txt?: Record<string, string[]>;
}

async function world({ ours = [], cnames = {}, servers = {}, caa = {}, txt = {} }: Shown) {
  const zones = new FakeZones('example.com');
  zones.others.set('ZEXAMPLECOM', ours);
  for (const { name, type, values } of ours)
    if (type === 'TXT') zones.overwrite('ZEXAMPLECOM', { name, type, ttl: 60, values });
  const resolver = new FakeResolver(zones);
  for (const [name, target] of Object.entries(cnames)) resolver.cnames.set(name, target);
  for (const [name, names] of Object.entries(servers)) resolver.delegations.set(name, names);
  resolver.caa = async (name) => caa[name] ?? [];
  resolver.txt = async (name) => txt[name] ?? [];
  const findZone = zoneFinder({ zones, resolver }, await zones.list());
  const deps = { zones, resolver, findZone };
  return {
    findZone,
    target: () => {
      const stack = stackOf({ challengeTargets: ['proof.example.net', `_acme-challenge.www.${LB}`] });
      return challengeTarget({ cname: standingCname(deps), stack }, 'www.example.com');
    },
    sets: async () => {
      const found = await findCaa(resolver, ['www.example.com'], ownRecords(deps));
      return found.map(({ set }) => set?.at);
    },
    standing: async () => {
      const issuer = { identity: 'ca.test', accountUri: 'https://ca.test/account/1' };
      const wish = { names: ['www.example.com'], issuer };
      const [found] = await findPersistRecords({ resolver, held: heldTxt(deps) }, wish, new Date(0));
      return found?.complaint ?? 'stands';
    },
  };
}

/** A wildcard CNAME to a load balancer, as a resolver shows it at all names that do not exist. */
const WILDCARD = record('*.example.com', 'CNAME', `${LB}.`);
const synthesized = Object.fromEntries([CHALLENGE, PERSIST, 'www.example.com'].map((name) => [name, LB]));
/** All names below a DNAME in the zone above ours, ours included. */
const redirected = Object.fromEntries(
  [CHALLENGE, PERSIST, 'www.example.com', 'example.com'].map((name) => [
    name,
    name.replace('example.com', LB),
  ]),
);

describe('the name of a proof', () => {
  it.each<[string, Shown, string]>([
    ['nothing', {}, CHALLENGE],
    ['a wildcard CNAME', { ours: [WILDCARD], cnames: synthesized }, CHALLENGE],
    [
      'a wildcard CNAME and a proof of ours',
      { ours: [WILDCARD, record(CHALLENGE, 'TXT', '"x"')], cnames: synthesized },
      CHALLENGE,
    ],
    [
      'a CNAME below a wildcard',
      { ours: [WILDCARD, record(CHALLENGE, 'CNAME', 'proof.example.net.')], cnames: synthesized },
      'proof.example.net',
    ],
    [
      'a CNAME that a resolver shows as it was',
      { ours: [record(CHALLENGE, 'CNAME', 'proof.example.net')], cnames: { [CHALLENGE]: 'old.example.net' } },
      'proof.example.net',
    ],
    ['a CNAME that is gone', { cnames: { [CHALLENGE]: 'old.example.net' } }, CHALLENGE],
    ['an empty non-terminal', { ours: [WILDCARD, record(`x.${CHALLENGE}`, 'A', '192.0.2.1')] }, CHALLENGE],
    ['a DNAME above the zone', { cnames: redirected }, `_acme-challenge.www.${LB}`],
    [
      'a CNAME in a delegated child',
      { servers: { 'www.example.com': ['ns.elsewhere.test'] }, cnames: { [CHALLENGE]: 'proof.example.net' } },
      'proof.example.net',
    ],
    ['a record of another type', { ours: [record(CHALLENGE, 'A', '192.0.2.1')] }, CHALLENGE],
  ])('with %s', async (_, shown, target) => {
    expect(await (await world(shown)).target()).toBe(target);
  });
});

describe('the zone of a name', () => {
  it.each<[string, Shown, string]>([
    [
      'a wildcard CNAME to a zone elsewhere',
      {
        ours: [WILDCARD],
        cnames: synthesized,
        servers: { [CHALLENGE]: ['ns.elsewhere.test'], 'www.example.com': ['ns.elsewhere.test'] },
      },
      'example.com',
    ],
    ['an empty non-terminal', { ours: [record(`x.${CHALLENGE}`, 'A', '192.0.2.1')] }, 'example.com'],
    ['a record of another type', { ours: [record(CHALLENGE, 'A', '192.0.2.1')] }, 'example.com'],
    [
      'a DNAME to a zone elsewhere',
      { cnames: redirected, servers: { 'www.example.com': ['ns.elsewhere.test'] } },
      'example.com',
    ],
    ['a delegated child', { servers: { 'www.example.com': ['ns.elsewhere.test'] } }, 'delegated-elsewhere'],
  ])('with %s', async (_, shown, expected) => {
    const { findZone } = await world(shown);
    const found = await findZone(CHALLENGE).then(
      ({ name }) => name,
      ({ reason }) => reason,
    );
    expect(found).toBe(expected);
  });
});

describe('the CAA sets that may govern a name', () => {
  const apex = { 'example.com': [ISSUE] };
  it.each<[string, Shown, (string | undefined)[]]>([
    ['nothing', {}, [undefined]],
    ['a set above', { caa: apex }, ['example.com']],
    [
      'a set of its own',
      { ours: [record('www.example.com', 'CAA')], caa: { ...apex, 'www.example.com': [OTHER] } },
      ['www.example.com'],
    ],
    [
      "a wildcard's set",
      { ours: [record('*.example.com', 'CAA')], caa: { ...apex, 'www.example.com': [OTHER] } },
      ['www.example.com', 'example.com'],
    ],
    [
      'a wildcard CNAME to a name with a set',
      { ours: [WILDCARD], cnames: synthesized, caa: { ...apex, 'www.example.com': [OTHER] } },
      [LB, 'example.com'],
    ],
    [
      'a wildcard CNAME to one without',
      { ours: [WILDCARD], cnames: synthesized, caa: apex },
      ['example.com'],
    ],
    [
      'a CNAME of its own',
      {
        ours: [record('www.example.com', 'CNAME', LB)],
        cnames: { 'www.example.com': LB },
        caa: { 'www.example.com': [OTHER] },
      },
      [LB],
    ],
    [
      'an empty non-terminal, to which no wildcard answers',
      { ours: [WILDCARD, record('x.www.example.com', 'A')], caa: { ...apex, 'www.example.com': [OTHER] } },
      ['www.example.com'],
    ],
    ['a DNAME above the zone', { cnames: redirected, caa: { 'www.example.com': [OTHER] } }, [`www.${LB}`]],
    [
      'a set in a delegated child',
      {
        ours: [record('*.example.com', 'CAA')],
        servers: { 'www.example.com': ['ns.elsewhere.test'] },
        caa: { 'www.example.com': [OTHER] },
      },
      ['www.example.com'],
    ],
    [
      'a record of another type',
      { ours: [record('www.example.com', 'A', '192.0.2.1')], caa: apex },
      ['example.com'],
    ],
  ])('with %s', async (_, shown, sets) => {
    expect(await (await world(shown)).sets()).toEqual(sets);
  });

  it('are not those that a wildcard answers between the name and the zone', async () => {
    const zones = new FakeZones('example.com');
    zones.others.set('ZEXAMPLECOM', [record('*.example.com', 'CAA')]);
    const resolver = new FakeResolver(zones);
    const asked: string[] = [];
    resolver.caa = async (name) => {
      asked.push(name);
      return name === 'example.com' ? [ISSUE] : name.endsWith('.example.com') ? [OTHER] : [];
    };
    const findZone = zoneFinder({ zones, resolver }, await zones.list());
    const found = await findCaa(resolver, ['a.b.example.com'], ownRecords({ zones, resolver, findZone }));
    expect(found.map(({ set }) => set?.at)).toEqual(['a.b.example.com', 'example.com']);
    // On one climb.
    expect(asked).toEqual(['a.b.example.com', 'b.example.com', 'example.com']);
  });
});

describe('a standing record', () => {
  it.each<[string, Shown, RegExp]>([
    ['nothing', {}, /^nothing stands there$/],
    ['the right value', { ours: [record(PERSIST, 'TXT', `"${RIGHT}"`)] }, /^stands$/],
    [
      'the right value that a resolver does not show yet',
      { ours: [record(PERSIST, 'TXT', `"${RIGHT}"`)], txt: {} },
      /^stands$/,
    ],
    [
      'the right value in two strings',
      { ours: [record(PERSIST, 'TXT', `"${RIGHT.slice(0, 20)}" "${RIGHT.slice(20)}"`)] },
      /^stands$/,
    ],
    [
      'a value that is gone, which a resolver still shows',
      { txt: { [PERSIST]: [RIGHT] } },
      /^nothing stands there$/,
    ],
    [
      "a wildcard's value",
      { ours: [record('*.example.com', 'TXT', `"${RIGHT}"`)], txt: { [PERSIST]: [RIGHT] } },
      /^nothing stands there$/,
    ],
    [
      'a wildcard CNAME',
      { ours: [WILDCARD], cnames: synthesized, txt: { [PERSIST]: ['v=spf1 -all'] } },
      /^nothing stands there$/,
    ],
    ['an empty non-terminal', { ours: [record(`x.${PERSIST}`, 'A', '192.0.2.1')] }, /^nothing stands there$/],
    [
      'a CNAME to the right value',
      {
        ours: [record(PERSIST, 'CNAME', 'standing.example.net.')],
        cnames: { [PERSIST]: 'standing.example.net' },
        txt: { [PERSIST]: [RIGHT] },
      },
      /^stands$/,
    ],
    [
      'a CNAME in the way',
      { ours: [record(PERSIST, 'CNAME', `${LB}.`)], cnames: { [PERSIST]: LB } },
      /^nothing stands there, and it is a CNAME to lb\.example\.net, whose TXT counts$/,
    ],
    ['a DNAME above the zone', { cnames: redirected, txt: { [PERSIST]: [RIGHT] } }, /^stands$/],
    [
      'a delegated child',
      { servers: { 'www.example.com': ['ns.elsewhere.test'] }, txt: { [PERSIST]: [RIGHT] } },
      /^stands$/,
    ],
    ['a record of another type', { ours: [record(PERSIST, 'A', '192.0.2.1')] }, /^nothing stands there$/],
  ])('with %s', async (_, shown, complaint) => {
    expect(await (await world(shown)).standing()).toMatch(complaint);
  });
});
