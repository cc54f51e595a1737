import fc from 'fast-check';
import { expect, it } from 'vitest';
import { complaintAboutName } from '../../../lib/foundation/certificate/complaint-about-name.ts';
import { KEY_TYPES, type RenewalFile } from '../../../lib/foundation/certificate/renewal-file.ts';
import { isValid, parsed } from './judge.ts';

it('schema and parser agree on any name', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      'a',
      'z9',
      '-',
      '--',
      '_',
      '.',
      '..',
      '*',
      '*.',
      '0',
      '12',
      'A',
      'é',
      ' ',
      ':',
      '.com',
      'xn--bcher-kva',
      'xn--',
    ),
    fc.integer({ min: 44, max: 65 }).map((length) => 'a'.repeat(length)),
  );
  const name = fc.oneof(
    fc.array(piece, { maxLength: 9 }).map((pieces) => pieces.join('')),
    fc.domain(),
    fc.ipV4(),
    fc.ipV6(),
  );
  fc.assert(
    fc.property(name, (one) => {
      // Whether an A-label can be decoded is beyond a JSON Schema.
      if (complaintAboutName(one)?.includes('which is no A-label')) return;
      expect(isValid({ names: [one] })).toBe(parsed({ names: [one] }) !== 'refused');
    }),
    { numRuns: 3000 },
  );
});

const dnsName = fc.constantFrom('example.com', '*.example.com', 'a.example.com', 'example.org', 'a..b');
const directory = fc.constantFrom('https://a.test/d', 'https://b.test/d', 'http://a.test');
const caa = {
  mode: fc.constantFrom('manage', 'check', 'off', 'on'),
  restrict: fc.boolean(),
  alsoAllow: fc.array(dnsName, { maxLength: 3 }),
  iodef: fc.constantFrom(
    'mailto:you@example.com',
    'https://example.com/x',
    'mailto:"you"@example.com',
    'you',
  ),
};
const KEYS = {
  $schema: fc.string(),
  names: fc.array(dnsName, { maxLength: 3 }),
  key: fc.constantFrom(...KEY_TYPES, 'dsa'),
  hosts: fc.array(fc.constantFrom('web', 'db'), { maxLength: 2 }),
  serverNames: fc.array(dnsName, { maxLength: 2 }),
  ca: fc.oneof(directory, fc.array(directory, { maxLength: 6 })),
  profile: fc.string({ maxLength: 3 }),
  preferredChain: fc.string({ maxLength: 5 }),
  challenge: fc.constantFrom('dns-01', 'dns-persist-01', 'http-01'),
  reuseKey: fc.boolean(),
  renewBeforeDays: fc.oneof(fc.integer({ min: -1, max: 366 }), fc.constantFrom(0.5, 365)),
  zoneRole: fc.constantFrom('dns', 'other'),
  caa: fc.record(caa, { requiredKeys: [] }),
  acm: fc.array(fc.record({ region: fc.constantFrom('us-east-1', 'eu-west-3', 'x') }), { maxLength: 3 }),
  probe: fc.boolean(),
} satisfies Record<keyof typeof RenewalFile.shape, fc.Arbitrary<unknown>>;
const whatever = fc.constantFrom<unknown>('', 'rsa-2048', true, 1, null, [], {});

/** `{ names: ["example.com"] }` with a few keys more, each mostly of its own kind. */
const file = fc
  .subarray(Object.keys(KEYS) as (keyof typeof KEYS)[], { maxLength: 4 })
  .chain((keys) =>
    fc.record(
      Object.fromEntries(
        keys.map((key) => [
          key,
          fc.oneof(
            { arbitrary: KEYS[key] as fc.Arbitrary<unknown>, weight: 9 },
            { arbitrary: whatever, weight: 1 },
          ),
        ]),
      ),
    ),
  )
  .map((more) => JSON.parse(JSON.stringify({ names: ['example.com'], ...more })));

it('schema and parser agree on any file', () => {
  const verdicts: Record<string, number> = {};
  fc.assert(
    fc.property(file, (one) => {
      const verdict = parsed(one);
      verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
      expect(isValid(one), `${verdict}: ${JSON.stringify(isValid.errors)}`).toBe(verdict !== 'refused');
    }),
    { numRuns: 3000 },
  );
  // Each of the three came often.
  expect(Object.values(verdicts).filter((count) => count > 100)).toHaveLength(3);
});
