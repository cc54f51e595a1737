import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { batchRenewals, type DueCertificate } from '../../../lib/issuance/renewal/rules/batches.ts';

const NOW = new Date('2026-11-20T02:00:00Z');
const inDays = (days: number) => new Date(NOW.getTime() + days * 86_400_000);
const due = (name: string, more: Partial<DueCertificate> = {}): DueCertificate => ({
  name,
  reason: 'expires-soon',
  ca: 'https://ca.test/directory',
  zoneIds: ['Z1'],
  notAfter: inDays(20),
  replacing: '20260901T000000Z-0a1b2c',
  ...more,
});
const namesOf = (certificates: DueCertificate[]) =>
  batchRenewals(certificates, NOW).map((batch) => batch.certificates.map(({ name }) => name));

describe('batches', () => {
  it('of nothing are none', () => {
    expect(batchRenewals([], NOW)).toEqual([]);
  });

  it('carry what the renewal needs and no more', () => {
    expect(batchRenewals([due('a', { zoneIds: ['Z2', 'Z1', 'Z2'] })], NOW)).toEqual([
      {
        ca: 'https://ca.test/directory',
        zoneIds: ['Z1', 'Z2'],
        certificates: [{ name: 'a', reason: 'expires-soon', replacing: '20260901T000000Z-0a1b2c' }],
      },
    ]);
  });

  it('are apart for each zone role, and name it', () => {
    const certificates = [due('a', { zoneRole: 'dns' }), due('b'), due('c', { zoneRole: 'other' }), due('d')];
    const batches = batchRenewals(certificates, NOW);
    expect(batches.map((batch) => [batch.zoneRole, batch.certificates.map(({ name }) => name)])).toEqual([
      ['dns', ['a']],
      [undefined, ['b', 'd']],
      ['other', ['c']],
    ]);
    expect(batches[1]).not.toHaveProperty('zoneRole');
  });

  it('begin with what expires first, expired ones before all', () => {
    const certificates = [
      due('later', { notAfter: inDays(2) }),
      due('expired', { notAfter: inDays(-1) }),
      due('soon', { notAfter: inDays(1) }),
    ];
    expect(namesOf(certificates)).toEqual([['expired', 'soon', 'later']]);
  });

  it('take a name without a certificate after those that expire within the week', () => {
    const certificates = [
      due('new', { notAfter: undefined }),
      due('day-8', { notAfter: inDays(8) }),
      due('day-6', { notAfter: inDays(6) }),
    ];
    expect(namesOf(certificates)).toEqual([['day-6', 'new', 'day-8']]);
  });

  it('are ordered by name where the expiry is equal', () => {
    expect(namesOf([due('c'), due('a'), due('b')])).toEqual([['a', 'b', 'c']]);
  });

  it('are apart by CA and by hosted zones, in whatever order the zones come', () => {
    const certificates = [
      due('a', { zoneIds: ['Z1', 'Z2'] }),
      due('b', { zoneIds: ['Z2', 'Z1'] }),
      due('c', { zoneIds: ['Z1'] }),
      due('d', { ca: 'https://other.test/directory', zoneIds: ['Z1'] }),
    ];
    expect(namesOf(certificates)).toEqual([['a', 'b'], ['c'], ['d']]);
  });

  it.each([
    [50, [50]],
    [51, [50, 1]],
    [100, [50, 50]],
    [101, [50, 50, 1]],
  ])('of %i certificates hold %j', (count, sizes) => {
    const certificates = Array.from({ length: count }, (_, index) => due(`c${index}`));
    expect(namesOf(certificates).map((names) => names.length)).toEqual(sizes);
  });

  it('hold each certificate once, whatever comes, and are the same however it is shuffled', () => {
    const certificate = fc.record({
      ca: fc.constantFrom('https://a.test', 'https://b.test'),
      zoneIds: fc.uniqueArray(fc.constantFrom('Z1', 'Z2', 'Z3'), { minLength: 1 }),
      notAfter: fc.option(fc.date({ noInvalidDate: true }), { nil: undefined }),
    });
    fc.assert(
      fc.property(fc.array(certificate, { maxLength: 130 }), (list) => {
        const certificates = list.map((each, index) => due(`c${index}`, each));
        const batches = batchRenewals(certificates, NOW);
        const names = batches.flatMap((batch) => batch.certificates.map(({ name }) => name));
        expect(names.toSorted()).toEqual(certificates.map(({ name }) => name).sort());
        expect(batchRenewals(certificates.toReversed(), NOW)).toEqual(batches);
      }),
    );
  });
});
