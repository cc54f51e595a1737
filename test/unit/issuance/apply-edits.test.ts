import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyEdits } from '../../../lib/issuance/dns/apply-edits.ts';
import type { RecordEdit } from '../../../lib/issuance/dns/rules/record-edits.ts';
import { ChangeRefusedError, ZoneError } from '../../../lib/issuance/dns/zones.ts';
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
