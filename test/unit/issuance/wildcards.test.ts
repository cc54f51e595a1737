import { expect, it } from 'vitest';
import { wildcardFor } from '../../../lib/issuance/dns/rules/wildcards.ts';

// The zone of RFC 4592, 2.2.1.
const owners = [
  'example',
  '*.example',
  'sub.*.example',
  'host1.example',
  '_ssh._tcp.host1.example',
  'subdel.example',
];

it.each([
  ['host3.example', '*.example'],
  ['foo.bar.example', '*.example'],
  ['host1.example', undefined],
  ['_tcp.host1.example', undefined],
  ['_telnet._tcp.host1.example', undefined],
  ['sub.*.example', undefined],
  ['ghost.*.example', undefined],
  ['example', undefined],
])('RFC 4592, 2.2.1: %s is answered by %s', (name, wildcard) => {
  expect(wildcardFor(name, { zoneName: 'example', owners })).toBe(wildcard);
});
