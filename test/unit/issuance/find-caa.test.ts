import { describe, expect, it } from 'vitest';
import { decideCaa } from '../../../lib/issuance/caa/decide-caa.ts';
import { findCaa } from '../../../lib/issuance/caa/find-caa.ts';
import { parseCaa } from '../../../lib/issuance/caa/rules/caa.ts';
import type { FoundRecord } from '../../../lib/issuance/dns/rules/hosted-zones.ts';
import { FakeResolver } from '../../fakes/fake-resolver.ts';
import { FakeZones } from '../../fakes/fake-zones.ts';
import { stackOf } from '../../fakes/stack.ts';

const OTHER = '0 issue "other.test"';
const ours = { identity: 'ca.test', accountUri: 'https://ca.test/acct/1' };
const THEIRS = '0 issue "ca.test; accounturi=https://ca.test/acct/2"';
const BOUND = '0 issue "ca.test; accounturi=https://ca.test/acct/1; validationmethods=dns-01"';

function resolverOf(sets: Record<string, string[]>, cnames: Record<string, string> = {}): FakeResolver {
  const resolver = new FakeResolver(new FakeZones());
  resolver.caa = async (name) => (sets[name] ?? []).map(parseCaa);
  resolver.cname = async (name) => cnames[name];
  return resolver;
}
const setOf = (at: string, ...values: string[]) => ({ at, properties: values.map(parseCaa) });

describe('the relevant set of a name', () => {
  const byWildcard = async (label: string) =>
    label === 'shop.example.com'
      ? { records: [], wildcard: '*.example.com' }
      : { records: [], wildcard: undefined };
  const name = 'shop.example.com';

  it('is looked for at each name once, however many names climb through it', async () => {
    const resolver = resolverOf({ 'example.com': [OTHER] });
    const asked: string[] = [];
    const { caa } = resolver;
    resolver.caa = (label) => {
      asked.push(label);
      return caa(label);
    };
    await findCaa(resolver, ['a.example.com', '*.a.example.com', 'b.example.com', 'example.com']);
    expect(asked.sort()).toEqual(['a.example.com', 'b.example.com', 'example.com']);
  });

  it('is the closest on the climb, where its alias leads', async () => {
    const resolver = resolverOf({ 'example.com': [OTHER] }, { 'example.com': 'target.test' });
    expect(await findCaa(resolver, ['*.shop.example.com', name])).toEqual([
      { name: '*.shop.example.com', set: setOf('target.test', OTHER), isAlias: false },
      { name, set: setOf('target.test', OTHER), isAlias: false },
    ]);
  });

  it.each([
    [{}, undefined],
    [{ 'example.com': [THEIRS] }, setOf('example.com', THEIRS)],
  ])("is both a wildcard's and the one that counts beside a TXT: %o", async (above, meanwhile) => {
    const resolver = resolverOf({ [name]: [OTHER], ...above }, { [name]: 'elsewhere.test' });
    expect(await findCaa(resolver, [name], byWildcard)).toEqual([
      { name, set: setOf('elsewhere.test', OTHER), isAlias: true },
      { name, set: meanwhile, isAlias: true },
    ]);
  });

  it('is one where no wildcard has it', async () => {
    const resolver = resolverOf({ 'example.com': [OTHER] });
    expect(await findCaa(resolver, [name], byWildcard)).toEqual([
      { name, set: setOf('example.com', OTHER), isAlias: false },
    ]);
  });
});

interface Shown {
  names: string[];
  shown?: Record<string, string[]>;
  held?: FoundRecord[];
  wish?: object;
  domains?: string[];
}

/** What is decided for names by what a resolver shows and the zone example.com holds, and which names a zone was looked for. */
async function decided({ names, shown = {}, held = [], wish = {}, domains }: Shown) {
  const asked: string[] = [];
  const deps = { resolver: resolverOf(shown), stack: stackOf({ domains: domains ?? ['example.com'] }) };
  const decision = await decideCaa(
    deps,
    { names, wish: { issuers: [ours], restrict: false, alsoAllow: [], ...wish }, recorded: [] },
    {
      findZone: async (at) => {
        asked.push(at);
        return { id: 'Z1', name: 'example.com', isPrivate: false };
      },
      readRecords: async () => held,
      lookAt: async () => undefined,
    },
  );
  return { ...decision, asked };
}
const caa = (name: string, ...values: string[]): FoundRecord => ({
  ...{ name, type: 'CAA', kind: 'simple', values },
});
const address = (name: string): FoundRecord => ({ name, type: 'A', kind: 'simple', values: ['192.0.2.1'] });

describe('what to change in CAA', () => {
  it('is a new set at the name, decided by what stands there', async () => {
    const { plan, placed } = await decided({ names: ['example.com'], held: [address('example.com')] });
    expect(plan).toEqual({
      edits: [
        { at: 'example.com', add: ['0 issue "ca.test"'], remove: [], governs: ['example.com'], isNew: true },
      ],
      notPossible: [],
    });
    const edit = { name: 'example.com', type: 'CAA', add: ['0 issue "ca.test"'], remove: [], ttl: 300 };
    expect(placed).toEqual([{ zoneId: 'Z1', zoneName: 'example.com', edit: { ...edit, decidedBy: [] } }]);
  });

  it('is nothing where the CA may issue, and no zone is looked for', async () => {
    const { plan, asked } = await decided({
      names: ['www.example.com'],
      shown: { 'example.com': ['0 issue "ca.test"'] },
    });
    expect(plan).toEqual({ edits: [], notPossible: [] });
    expect(asked).toEqual([]);
  });

  it('is decided by our zone too, each value once, beside other names', async () => {
    const { placed, seen } = await decided({
      names: ['www.example.com', 'new.example.com', 'api.test.example.com'],
      shown: { 'www.example.com': [], 'example.com': [OTHER], 'new.example.com': ['0 issue "x.test"'] },
      held: [caa('example.com', OTHER, THEIRS), caa('new.example.com', '0 issue "x.test"')],
    });
    expect(seen[0]?.set).toEqual(setOf('example.com', OTHER, THEIRS));
    expect(placed.map(({ edit }) => [edit.name, edit.add])).toEqual([
      ['example.com', [BOUND]],
      ['new.example.com', ['0 issue "ca.test"']],
    ]);
  });

  it('is nothing at a set that our zone does not hold, beside one that it does', async () => {
    const { placed, plan } = await decided({
      names: ['shop.example.com', 'new.example.com'],
      shown: { 'shop.example.com': [OTHER] },
      held: [address('shop.example.com')],
    });
    expect(placed.map(({ edit }) => edit.name)).toEqual(['new.example.com']);
    expect(plan.refused).toMatchObject([{ name: 'shop.example.com', identity: 'ca.test' }]);
  });

  it("is added to a wildcard's set that answers for the name", async () => {
    const { placed } = await decided({
      names: ['shop.example.com'],
      shown: { 'shop.example.com': [OTHER] },
      held: [caa('*.example.com', OTHER)],
    });
    expect(placed.map(({ edit }) => [edit.name, edit.decidedBy])).toEqual([['*.example.com', [OTHER]]]);
  });

  it("leaves a wildcard's set alone that no resolver shows, and says what a set at the name would hide", async () => {
    const { placed, plan } = await decided({
      names: ['shop.example.com'],
      held: [caa('*.example.com', OTHER)],
    });
    expect(placed).toEqual([]);
    expect(plan).toEqual({
      edits: [],
      notPossible: [],
      hiding: [{ name: 'shop.example.com', wildcard: '*.example.com' }],
    });
  });

  it("is nothing at a wildcard's set outside of the domains", async () => {
    const { placed, plan } = await decided({
      names: ['shop.example.com'],
      shown: { 'shop.example.com': [OTHER] },
      held: [caa('*.example.com', OTHER)],
      domains: ['shop.example.com'],
    });
    expect(placed).toEqual([]);
    expect(plan.refused).toHaveLength(1);
  });
});
