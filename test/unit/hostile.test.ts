import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { HostGroupSettings } from '../../lib/foundation/certificate/host-group.ts';
import { LineageName } from '../../lib/foundation/certificate/lineage.ts';
import { parseRenewalFile } from '../../lib/foundation/certificate/renewal-file.ts';
import { DeploymentDue } from '../../lib/foundation/events/events.ts';
import { parseStart } from '../../lib/scan/rules/trigger.ts';
import { stackOf } from '../fakes/stack.ts';

/** Row 41 of the faults to survive: none of these may get past the edge, as a name or as a DNS name. */
const HOSTILE_NAMES = [
  '; rm -rf /',
  'a; touch /tmp/x',
  '$(id)',
  '`id`',
  '../../etc/passwd',
  'a/../b',
  'a..b',
  '..',
  '.ssh',
  '-rf',
  'a\nb',
  'a\n',
  'a\u0000b',
  'a\u0001b',
  'a\u007fb',
  'a\u202eb',
  'ехаmple.com',
  'exаmple.com',
  'a"b',
  "a'b",
  'a\\b',
  '*',
  'a b',
  'a'.repeat(300),
  `${'a'.repeat(60)}.`.repeat(5).slice(0, -1),
  '',
];

const require = createRequire(import.meta.url);
const { parameters } = require('../../resources/document.cjs').Resources.InstallDocument.Properties.Content;
const isLetThrough = (parameter: string, value: string) =>
  new RegExp(parameters[parameter].allowedPattern).test(value);

describe.each(HOSTILE_NAMES)('row 41: %j', (name) => {
  test('is no lineage, nor the file of one', () => {
    expect(LineageName.safeParse(name).success).toBe(false);
  });

  test('is no name in a renewal file', () => {
    const file = JSON.stringify({ names: [name] });
    const stack = stackOf({ domains: ['com', 'example.com'] });
    expect(() => parseRenewalFile(file, 'example.com', stack)).toThrow(/names/);
  });

  test('is nothing to start with', () => {
    if (name === '*') return;
    expect(() => parseStart({ start: 'force', names: [name] })).toThrow(/event: names/);
  });

  test('is nothing to deploy', () => {
    const due = { group: 'web', reason: 'host-behind', names: [name] };
    expect(DeploymentDue.safeParse(due).success).toBe(false);
  });

  test("is refused by the document's own pattern, which knows no length and parts names at a space", () => {
    if (name === 'a b' || name.length > 200) return;
    // Without names, those of the group's list are meant.
    expect(isLetThrough('names', name)).toBe(name === '');
  });

  test('is no group whose list is read', () => {
    if (name.length > 60) return;
    expect(isLetThrough('group', name)).toBe(name === '');
  });
});

test.each([
  ['root', '/mnt/../etc'],
  ['root', '/mnt/$(id)'],
  ['root', 'letsencrypt'],
  ['root', '/'],
  ['reload', 'service;id'],
  ['container', '--privileged'],
  ['container', 'web nginx'],
  ['container', '$(id)'],
  ['port', '443;id'],
  ['bucket', 'b --endpoint-url=http://evil'],
  ['region', '$(id)'],
])(
  'row 41: the parameter %s = %j is refused by its pattern, and by the settings of a group',
  (parameter, value) => {
    expect(isLetThrough(parameter, value)).toBe(false);
    expect(HostGroupSettings.safeParse({ [parameter]: value }).success).toBe(false);
  },
);
