import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { policyFinder, recordNames } from '../../../lib/issuance/dns/rules/record-names.ts';

const many = (count: number, name: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => name(index));
const sizeOf = (names: unknown) => JSON.stringify(names).length;

describe('the names of records that renew may write', () => {
  it('of few domains stand in one policy, each at and below its domain, and at the targets exactly', () => {
    expect(recordNames({ domains: ['example.net', 'example.com'], challengeTargets: ['p.test'] })).toEqual([
      {
        caa: ['example.com', '*.example.com', 'example.net', '*.example.net'],
        txt: [
          '_acme-challenge.example.com',
          '_acme-challenge.*.example.com',
          '_acme-challenge.example.net',
          '_acme-challenge.*.example.net',
          'p.test',
        ],
      },
    ]);
  });

  it('leave out domains below others, which have them', () => {
    const domains = ['shop.example.com', 'example.com', 'example.com', 'myexample.com'];
    const [{ caa } = { caa: [] }] = recordNames({ domains, challengeTargets: [] });
    expect(caa).toEqual(['example.com', '*.example.com', 'myexample.com', '*.myexample.com']);
  });

  it('of 200 domains and 100 targets have room in the role and nine managed policies', () => {
    const domains = many(200, (index) => `shop-${index}.a-rather-long-name.example.com`);
    const challengeTargets = many(100, (index) => `proofs-${index}.a-rather-long-name.example.net`);
    const [own, ...managed] = recordNames({ domains, challengeTargets });
    expect(sizeOf(own)).toBeLessThan(4_100);
    expect(managed.length).toBeLessThan(10);
    for (const one of managed) expect(sizeOf(one)).toBeLessThan(5_100);
  });

  it('are found again, each in the one policy that has it', () => {
    const label = fc.stringMatching(/^[a-z0-9]{1,12}$/);
    const name = fc.array(label, { minLength: 2, maxLength: 4 }).map((labels) => labels.join('.'));
    const names = fc.uniqueArray(name, { minLength: 1, maxLength: 120 });
    fc.assert(
      fc.property(names, names, label, (domains, challengeTargets, below) => {
        const stack = { domains, challengeTargets };
        const find = policyFinder(stack);
        const policies = recordNames(stack);
        for (const domain of domains) {
          for (const at of [domain, `${below}.${domain}`]) {
            const caa = find({ name: at, type: 'CAA' });
            expect(caa).toBeDefined();
            expect(find({ name: `_acme-challenge.${at}`, type: 'TXT' })).toBe(caa);
          }
        }
        for (const target of challengeTargets) expect(find({ name: target, type: 'TXT' })).toBeDefined();
        expect(find({ name: `${below}.invalid`, type: 'CAA' })).toBeUndefined();
        const patterns = policies.flatMap(({ txt }) => txt);
        expect(new Set(patterns).size).toBe(patterns.length);
      }),
      { numRuns: 50 },
    );
  });
});
