import { createRequire } from 'node:module';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { settingsSchema } from '../../../tools/schema/settings.ts';
import { read } from './judge.ts';

const require = createRequire(import.meta.url);
const { load } = require('js-yaml');
const { parseSettings } = require('../../../resources/settings.cjs');
const example = read('settings.example.yml');
const schema = JSON.parse(read('tools/schema/settings.json'));
const isValid = new Ajv2020().compile(schema);

function isTaken(yml: string): boolean {
  try {
    parseSettings(yml, 'settings.yml');
    return true;
  } catch {
    return false;
  }
}

describe('tools/schema/settings.json', () => {
  it('is what the check of a deploy and settings.example.yml give; npm run schema writes it anew', () => {
    expect(schema).toEqual(JSON.parse(JSON.stringify(settingsSchema(example))));
  });

  it('is what settings.example.yml tells an editor', () => {
    expect(example.split('\n')[0]).toBe('# yaml-language-server: $schema=./tools/schema/settings.json');
  });

  it.each([
    [true, example],
    [true, 'default:\n  contact: you@example.com\n  agreeToTerms: true\n  domains: [example.com]'],
    [true, 'default:\nacceptance:\n  tags: { team: web }'],
    [true, 'default:\n  hostGroups: { web: { window: "Mon 02:00-05:00 UTC", freeze: ["2026-12-20 UTC"] } }'],
    [true, 'default:\n  hostGroups: { web: { window: ["Mon 02:00-05:00 UTC"] } }'],
    [true, 'default:\n  zoneRoles: { dns: { roleArn: "arn:aws:iam::210987654321:role/dns" } }'],
    [true, 'staging:\n  ordersPerRun: 3\n  checkEveryHours: 6\n  notify: []'],
    [false, 'default:\n  contcat: you@example.com'],
    [false, 'default:\n  contact: you'],
    [false, 'default:\n  domains: example.com'],
    [false, 'default:\n  hostGroups: { web: { prot: 443 } }'],
    [false, 'default:\n  hostGroups: { web: { window: 2 } }'],
    [false, 'default:\n  zoneRoles: { dns: {} }'],
    [false, 'default:\n  cas: [http://ca.test/directory]'],
    [false, 'staging:\n  ordersPerRun: many'],
  ])('and a deploy agree that it is %s: %s', (expected, yml) => {
    expect(isTaken(yml)).toBe(expected);
    expect(isValid(load(yml))).toBe(expected);
  });
});
