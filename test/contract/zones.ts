import { beforeAll, describe, expect, it } from 'vitest';
import type { RecordChange, RecordSet } from '../../lib/issuance/dns/rules/record-edits.ts';
import { ChangeRefusedError, type Zones } from '../../lib/issuance/dns/zones.ts';

/** What every `Zones` promises; `makeZones` gives one that holds the public hosted zones of these names, empty. */
export function describeZonesContract(name: string, makeZones: (...names: string[]) => Promise<Zones>): void {
  describe(`${name} as hosted zones`, () => {
    let zones: Zones;
    let zoneId: string;
    beforeAll(async () => {
      zones = await makeZones('example.com', 'other.test');
      zoneId = (await zones.list()).find((zone) => zone.name === 'example.com')?.id ?? '';
    });

    const txt = (label: string, ...values: string[]): RecordSet => ({
      name: `${label}.example.com`,
      type: 'TXT',
      ttl: 60,
      values: values.map((value) => `"${value}"`),
    });
    const create = (set: RecordSet): RecordChange => ({ action: 'CREATE', set });
    const remove = (set: RecordSet): RecordChange => ({ action: 'DELETE', set });
    const refusalOf = async (...changes: RecordChange[]): Promise<string> => {
      const error = await zones.change(zoneId, changes).then(
        () => undefined,
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(ChangeRefusedError);
      return (error as ChangeRefusedError).messages.join('\n');
    };

    it('are listed by plain names', async () => {
      const names = (await zones.list()).map((zone) => zone.name);
      expect(names.sort()).toEqual(['example.com', 'other.test']);
    });

    it('have nothing at a name without records, whatever comes after it', async () => {
      await zones.change(zoneId, [create(txt('b', 'x'))]);
      expect(await zones.read(zoneId, txt('a'))).toBeUndefined();
      expect(await zones.read(zoneId, { name: 'b.example.com', type: 'CAA' })).toBeUndefined();
    });

    it.each([txt('plain', 'x'), txt('_acme-challenge.www', 'x', 'y'), txt('*', 'x'), txt('*.deep', 'x')])(
      'give back what was created at $name',
      async (set) => {
        await zones.change(zoneId, [create(set)]);
        expect(await zones.read(zoneId, set)).toEqual(set);
      },
    );

    it('show every set, also of a zone of several pages', async () => {
      const caa: RecordSet = { ...txt('all'), type: 'CAA', values: ['0 issue "ca.test"'] };
      await zones.change(zoneId, [create(txt('all', 'x', 'y')), create(caa)]);
      await zones.change(
        zoneId,
        Array.from({ length: 310 }, (_, index) => create(txt(`page${index}`, 'x'))),
      );
      const found = await zones.records(zoneId);
      const own = found.filter(({ name }) => name === 'all.example.com');
      expect(own.sort((a, b) => (a.type < b.type ? -1 : 1))).toEqual([
        { name: 'all.example.com', type: 'CAA', kind: 'simple', values: caa.values },
        { name: 'all.example.com', type: 'TXT', kind: 'simple', values: ['"x"', '"y"'] },
      ]);
      const paged = found.filter(({ name }) => name.startsWith('page')).map(({ name }) => name);
      expect([paged.length, new Set(paged).size]).toEqual([310, 310]);
    });

    it('keep CAA as it was written', async () => {
      const set: RecordSet = { name: 'example.com', type: 'CAA', ttl: 300, values: ['0 issue "ca.test"'] };
      await zones.change(zoneId, [create(set)]);
      expect(await zones.read(zoneId, set)).toEqual(set);
    });

    it('know when a change is in sync', async () => {
      const change = await zones.change(zoneId, [create(txt('sync', 'x'))]);
      await expect.poll(() => zones.isInSync(change), { timeout: 5_000 }).toBe(true);
    });

    it('refuse to create what exists, and name it', async () => {
      await zones.change(zoneId, [create(txt('exists', 'theirs'))]);
      expect(await refusalOf(create(txt('exists', 'ours')))).toContain(
        "name='exists.example.com.', type='TXT'",
      );
      expect(await zones.read(zoneId, txt('exists'))).toEqual(txt('exists', 'theirs'));
    });

    it.each([
      ['a part of the values', { values: ['"one"'] }],
      ['more values', { values: ['"one"', '"two"', '"three"'] }],
      ['another time to live', { ttl: 61 }],
    ])('refuse to delete a set by %s', async (what, differing) => {
      const set = txt(`exact-${what.replaceAll(' ', '-')}`, 'one', 'two');
      await zones.change(zoneId, [create(set)]);
      expect(await refusalOf(remove({ ...set, ...differing }))).toContain(`name='${set.name}.'`);
      expect(await zones.read(zoneId, set)).toEqual(set);
    });

    it('refuse to delete what is not there', async () => {
      expect(await refusalOf(remove(txt('absent', 'x')))).toContain("name='absent.example.com.'");
    });

    it('swap a set in one change', async () => {
      await zones.change(zoneId, [create(txt('swap', 'old'))]);
      await zones.change(zoneId, [remove(txt('swap', 'old')), create(txt('swap', 'old', 'new'))]);
      expect(await zones.read(zoneId, txt('swap'))).toEqual(txt('swap', 'old', 'new'));
    });

    it('change all or nothing, and name every record they object to', async () => {
      await zones.change(zoneId, [create(txt('there', 'x'))]);
      const refusal = await refusalOf(
        create(txt('fine', 'x')),
        create(txt('there', 'y')),
        remove(txt('not', 'z')),
      );
      expect(refusal).toContain("name='there.example.com.'");
      expect(refusal).toContain("name='not.example.com.'");
      expect(refusal).not.toContain("name='fine.example.com.'");
      expect(await zones.read(zoneId, txt('fine'))).toBeUndefined();
    });

    it('name a wildcard as Route 53 does', async () => {
      await zones.change(zoneId, [create(txt('*.named', 'x'))]);
      expect(await refusalOf(create(txt('*.named', 'x')))).toContain("name='\\052.named.example.com.'");
    });

    it('say that a zone is missing', async () => {
      const missing = { name: 'ZoneError', reason: 'zone-missing' };
      await expect(zones.change('ZMISSING', [create(txt('a', 'x'))])).rejects.toMatchObject(missing);
      await expect(zones.read('ZMISSING', txt('a'))).rejects.toMatchObject(missing);
    });
  });
}
