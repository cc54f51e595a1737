import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyEdits } from '../../../lib/issuance/dns/apply-edits.ts';
import type { RecordEdit } from '../../../lib/issuance/dns/rules/record-edits.ts';
import { ChangeRefusedError, RecordSetFullError, ZoneError } from '../../../lib/issuance/dns/zones.ts';
import { FakeZones } from '../../fakes/fake-zones.ts';

const ZONE = 'ZEXAMPLECOM';
const at = (label: string) => ({ name: `${label}.example.com`, type: 'TXT' as const, ttl: 60 });
const add = (label: string, ...values: string[]): RecordEdit => ({ ...at(label), add: values, remove: [] });
const remove = (label: string, ...values: string[]): RecordEdit => ({
  ...at(label),
  add: [],
  remove: values,
});
const values = (zones: FakeZones, label: string) => zones.values(`${label}.example.com`, 'TXT');
const foreign = (zones: FakeZones, label: string, ...texts: string[]) =>
  zones.overwrite(ZONE, { ...at(label), ttl: 300, values: texts });

const many = (count: number, length: number) =>
  Array.from({ length: count }, (_, index) => `v${index}`.padEnd(length, 'x'));

/** The calls that are made from now on. */
function recorded(zones: FakeZones): string[] {
  const calls: string[] = [];
  zones.before = (call) => calls.push(call);
  return calls;
}

/** Reads, but for the set `a`. */
function readUnless(zones: FakeZones, error: Error): FakeZones['read'] {
  const read = zones.read.bind(zones);
  return async (zoneId, set) => {
    if (set.name.startsWith('a.')) throw error;
    return read(zoneId, set);
  };
}

describe('edits of a zone', () => {
  it('are one batch, and read nothing, where all is as supposed', async () => {
    const zones = new FakeZones('example.com');
    zones.before = (call) => expect(call).toBe('change');
    const labels = Array.from({ length: 100 }, (_, index) => `h${index}`);
    await applyEdits(
      zones,
      ZONE,
      labels.map((label) => add(label, 'ours')),
    );
    await applyEdits(
      zones,
      ZONE,
      labels.map((label) => remove(label, 'ours')),
    );
    expect(zones.batches).toHaveLength(2);
    expect(zones.all('TXT')).toEqual([]);
  });

  it('read only the names that are not as supposed', async () => {
    const zones = new FakeZones('example.com');
    foreign(zones, 'b', 'theirs');
    const calls: string[] = [];
    zones.before = (call) => calls.push(call);
    const applied = await applyEdits(zones, ZONE, [add('a', 'ours'), add('b', 'ours'), add('c', 'ours')]);
    expect(calls).toEqual(['change', 'read', 'change']);
    expect(applied.refused).toEqual([]);
    expect(values(zones, 'b')).toEqual(['theirs', 'ours']);
    expect(zones.all('TXT')).toHaveLength(3);
  });

  it('of which Route 53 will not have one, go on with the others', async () => {
    const zones = new FakeZones('example.com');
    const change = zones.change.bind(zones);
    zones.change = (zoneId, changes) => {
      if (changes.some(({ set }) => set.name.startsWith('bad')))
        throw new ChangeRefusedError(zoneId, [
          "[Invalid Resource Record: '[name='bad.example.com.', type='TXT']']",
        ]);
      return change(zoneId, changes);
    };
    const applied = await applyEdits(zones, ZONE, [add('a', 'ours'), add('bad', 'ours'), add('c', 'ours')]);
    expect(applied.refused.map(({ edit }) => edit.name)).toEqual(['bad.example.com']);
    expect(zones.all('TXT').map(({ name }) => name)).toEqual(['a.example.com', 'c.example.com']);
  });

  it('are told apart by halves where Route 53 names no record', async () => {
    const zones = new FakeZones('example.com');
    const change = zones.change.bind(zones);
    zones.change = (zoneId, changes) => {
      if (changes.some(({ set }) => set.name.startsWith('bad')))
        throw new ChangeRefusedError(zoneId, ['[something is wrong]']);
      return change(zoneId, changes);
    };
    const labels = ['a', 'b', 'bad', 'c', 'd', 'e', 'f'];
    const applied = await applyEdits(
      zones,
      ZONE,
      labels.map((label) => add(label, 'ours')),
    );
    expect(applied.refused.map(({ message }) => message)).toEqual(['[something is wrong]']);
    expect(zones.all('TXT')).toHaveLength(6);
  });

  it('end when somebody else keeps changing the set', async () => {
    const zones = new FakeZones('example.com');
    let turn = 0;
    zones.before = (call) => call === 'change' && foreign(zones, 'a', `theirs ${turn++}`);
    const applied = await applyEdits(zones, ZONE, [add('a', 'ours')]);
    expect(applied.refused).toHaveLength(1);
    expect(turn).toBeLessThan(10);
  });

  it.each([
    [5, [], ['theirs 5', 'ours']],
    [6, ['a.example.com'], ['theirs 6']],
  ])('are tried anew five times: %i changes by somebody else', async (others, refused, after) => {
    const zones = new FakeZones('example.com');
    let turn = 0;
    zones.before = (call) => call === 'change' && turn < others && foreign(zones, 'a', `theirs ${++turn}`);
    const applied = await applyEdits(zones, ZONE, [add('a', 'ours')]);
    expect(applied.refused.map(({ edit }) => edit.name)).toEqual(refused);
    expect(values(zones, 'a')).toEqual(after);
  });

  it('are not sent a third time where Route 53 refuses them twice and nothing has changed', async () => {
    const zones = new FakeZones('example.com');
    const calls = recorded(zones);
    const refusal = new ChangeRefusedError(ZONE, ['one reason', 'another']);
    zones.change = async () => {
      calls.push('change');
      throw refusal;
    };
    const applied = await applyEdits(zones, ZONE, [add('a', 'ours')]);
    expect(calls).toEqual(['change', 'read', 'change', 'read']);
    expect(applied.refused.map(({ message }) => message)).toEqual(['one reason; another']);
  });

  it('go on where a second refusal has a reason that can be seen', async () => {
    const zones = new FakeZones('example.com');
    let changes = 0;
    zones.before = (call) => {
      if (call === 'change' && changes++ < 2) foreign(zones, 'a', 'theirs');
      if (call === 'read' && changes < 2) foreign(zones, 'a');
    };
    expect((await applyEdits(zones, ZONE, [add('a', 'ours')])).refused).toEqual([]);
    expect(values(zones, 'a')).toEqual(['theirs', 'ours']);
  });

  it('send nothing more for what is already so', async () => {
    const zones = new FakeZones('example.com');
    const calls = recorded(zones);
    const applied = await applyEdits(zones, ZONE, [remove('a', 'ours')]);
    expect(applied).toEqual({ changeIds: [], refused: [] });
    expect(calls).toEqual(['change', 'read']);
  });

  it('find one of 64 that is refused without a name in six steps', async () => {
    const zones = new FakeZones('example.com');
    const change = zones.change.bind(zones);
    let refusals = 0;
    zones.change = (zoneId, changes) => {
      if (!changes.some(({ set }) => set.name === 'h63.example.com')) return change(zoneId, changes);
      refusals += 1;
      throw new ChangeRefusedError(zoneId, ['[something is wrong]']);
    };
    const labels = Array.from({ length: 64 }, (_, index) => `h${index}`);
    await applyEdits(
      zones,
      ZONE,
      labels.map((label) => add(label, 'ours')),
    );
    // All, six times the half, and the one alone a second time.
    expect(refusals).toBe(8);
  });

  it.each([
    ['a wildcard, whose asterisk it writes as \\052', '*', 'TXT', '\\052.example.com.'],
    ['in capitals', 'b', 'TXT', 'B.EXAMPLE.COM.'],
  ])('know which one Route 53 means: %s', async (_, label, type, quoted) => {
    const zones = new FakeZones('example.com');
    foreign(zones, label, 'theirs');
    const calls = recorded(zones);
    const change = zones.change.bind(zones);
    zones.change = (zoneId, changes) =>
      change(zoneId, changes).catch(() => {
        throw new ChangeRefusedError(zoneId, [`[Tried to create [name='${quoted}', type='${type}']]`]);
      });
    await applyEdits(zones, ZONE, [add('a', 'ours'), add(label, 'ours'), add('c', 'ours')]);
    expect(calls).toEqual(['change', 'read', 'change']);
    expect(values(zones, label)).toEqual(['theirs', 'ours']);
  });

  it('say so where the values of others leave no room', async () => {
    const zones = new FakeZones('example.com');
    foreign(zones, 'a', ...Array.from({ length: 400 }, (_, index) => `theirs ${index}`));
    const { refused } = await applyEdits(zones, ZONE, [add('a', 'ours'), add('b', 'ours')]);
    expect(refused).toMatchObject([
      { edit: { name: 'a.example.com' }, message: expect.stringContaining('no room for 1 more') },
    ]);
    expect(refused[0]?.error).toBeInstanceOf(RecordSetFullError);
    expect(values(zones, 'b')).toEqual(['ours']);
  });

  it.each([
    ['more values than a set may have, where nothing is', add('a', ...many(401, 1)), [], /records limit/],
    [
      'a removal from a set that is too large',
      remove('a', ...many(1, 600)),
      many(30, 600),
      /characters limit/,
    ],
  ])("pass on Route 53's words: %s", async (_, edit, standing, words) => {
    const zones = new FakeZones('example.com');
    foreign(zones, 'a', ...standing);
    const { refused } = await applyEdits(zones, ZONE, [edit]);
    expect(refused).toMatchObject([{ message: expect.stringMatching(words) }]);
    expect(refused[0]?.error).toBeUndefined();
  });

  it('leave alone a set that is not any more what they were decided by, and say so', async () => {
    const zones = new FakeZones('example.com');
    foreign(zones, 'a', 'theirs');
    foreign(zones, 'b', 'known');
    const edits = ['a', 'b'].map((label) => ({ ...add(label, 'ours'), decidedBy: ['known'] }));
    const { refused } = await applyEdits(zones, ZONE, edits);
    expect(refused).toEqual([
      { edit: edits[0], message: 'somebody has changed the set meanwhile; the next try decides anew' },
    ]);
    expect([values(zones, 'a'), values(zones, 'b')]).toEqual([['theirs'], ['known', 'ours']]);
  });

  it('make no set of their own where the one that they were decided by is gone', async () => {
    const zones = new FakeZones('example.com');
    const { refused } = await applyEdits(zones, ZONE, [{ ...add('a', 'ours'), decidedBy: ['known'] }]);
    expect(refused).toMatchObject([{ message: expect.stringMatching(/^somebody has changed the set/) }]);
    expect(values(zones, 'a')).toEqual([]);
  });

  it('swap the set that they were decided by in one call', async () => {
    const zones = new FakeZones('example.com');
    zones.overwrite(ZONE, { ...at('a'), values: ['known'] });
    const calls = recorded(zones);
    await applyEdits(zones, ZONE, [{ ...add('a', 'ours'), decidedBy: ['known'] }]);
    expect(calls).toEqual(['change']);
    expect(values(zones, 'a')).toEqual(['known', 'ours']);
  });

  it('leave alone a set that is not simple, and go on with the others', async () => {
    const zones = new FakeZones('example.com');
    const error = new ZoneError('record-not-simple', 'it is weighted');
    for (const label of ['a', 'b']) foreign(zones, label, 'theirs');
    zones.read = readUnless(zones, error);
    const { refused } = await applyEdits(zones, ZONE, [add('a', 'ours'), add('b', 'ours')]);
    expect(refused).toMatchObject([{ edit: { name: 'a.example.com' }, message: 'it is weighted', error }]);
    expect(values(zones, 'b')).toEqual(['theirs', 'ours']);
  });

  it.each([new ZoneError('zone-missing', 'it is gone'), new Error('something else')])(
    'end where the set cannot be read for a reason of the zone: %s',
    async (error) => {
      const zones = new FakeZones('example.com');
      foreign(zones, 'a', 'theirs');
      zones.read = readUnless(zones, error);
      await expect(applyEdits(zones, ZONE, [add('a', 'ours')])).rejects.toBe(error);
    },
  );

  it('pass on what is no refusal', async () => {
    const zones = new FakeZones('example.com');
    await expect(applyEdits(zones, 'ZGONE', [add('a', 'ours')])).rejects.toBeInstanceOf(ZoneError);
  });
});

it("lose nobody else's value and leave none of ours, whatever comes between", async () => {
  const label = fc.constantFrom('a', 'b');
  const theirs = fc.record({
    by: fc.constant('them'),
    label,
    values: fc.uniqueArray(fc.constantFrom('x', 'y', 'z'), { maxLength: 3 }),
    ttl: fc.constantFrom(60, 300),
  });
  const ours = fc.record({ by: fc.constant('us'), label, value: fc.constantFrom('o1', 'o2', 'o3') });
  const hands = fc.array(fc.oneof(theirs, ours), { maxLength: 12 });
  const between = fc.array(fc.option(theirs, { nil: undefined }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(hands, between, async (turns, interruptions) => {
      const zones = new FakeZones('example.com');
      const standing = new Map<string, string[]>();
      /** They keep what is ours, as whoever looks before writing does. */
      const writeTheirs = ({
        label: where,
        values: texts,
        ttl,
      }: {
        label: string;
        values: string[];
        ttl: number;
      }) => {
        const kept = values(zones, where).filter((value) => value.startsWith('o'));
        zones.overwrite(ZONE, { ...at(where), ttl, values: [...texts, ...kept] });
        standing.set(where, texts);
      };
      const interrupting = [...interruptions];
      zones.before = () => {
        const next = interrupting.shift();
        if (next) writeTheirs(next);
      };
      const written: RecordEdit[] = [];
      for (const turn of turns) {
        if ('values' in turn) writeTheirs(turn);
        else {
          written.push(remove(turn.label, turn.value));
          await applyEdits(zones, ZONE, [add(turn.label, turn.value)]);
        }
      }
      const { refused } = await applyEdits(zones, ZONE, written);
      // Refused only while they kept writing; then the next run removes it.
      if (refused.length > 0) await applyEdits(zones, ZONE, written);
      for (const where of ['a', 'b'])
        expect(values(zones, where).toSorted()).toEqual((standing.get(where) ?? []).toSorted());
    }),
    { numRuns: 500 },
  );
});

it('are not given up for a conflict that has passed by the second look', async () => {
  const zones = new FakeZones('example.com');
  let changes = 0;
  zones.before = (call) => {
    if (call === 'change' && changes++ === 0) foreign(zones, 'a', 'theirs');
    if (call === 'read') foreign(zones, 'a');
  };
  expect((await applyEdits(zones, ZONE, [add('a', 'ours')])).refused).toEqual([]);
  expect(values(zones, 'a')).toEqual(['ours']);
});
