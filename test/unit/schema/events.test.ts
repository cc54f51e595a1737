import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import type { Details } from '../../../lib/foundation/events/events.ts';
import { busEvent } from '../../../local/events/event.ts';
import { matchesPattern } from '../../../local/events/pattern.ts';
import { AGREED, eventSchema, FACTS, type FactType, fileOf } from '../../../tools/schema/events.ts';

const PROJECT = join(import.meta.dirname, '../../..');
const read = (file: string) => readFileSync(join(PROJECT, file), 'utf8');
const TYPES = Object.keys(FACTS) as FactType[];

const failed = { name: 'example.com', reason: 'caa-forbids', message: 'CAA does not let ca.test issue' };
const host = { instanceId: 'i-0a1b2c3d4e5f60718', outcome: 'served', version: 'v', serial: '1' };
/** One that its pattern in docs/reference/events.md matches. */
const EXAMPLES: { [Type in FactType]: Details[Type] } = {
  'Certificate Renewed': {
    name: 'example.com',
    reason: 'expires-soon',
    version: '20261120T020036Z-66e5e9',
    serial: '66e5e927a473cd63',
    notAfter: '2027-02-18T02:00:35.000Z',
    seconds: 5.2,
  },
  'Certificate Renewal Failed': {
    ...failed,
    reason: 'caa-forbids',
    failures: 3,
    notBefore: '2026-11-20T03:40:00.000Z',
  },
  'Certificate Revoked': { name: 'example.com', version: 'v', reason: 'keyCompromise', isLive: true },
  'Certificate Restored': { name: 'example.com', version: 'v', from: 'u', pinned: true },
  'Certificate Pin Ended': { ...failed, reason: 'pin-ended', version: 'v' },
  'Certificate Deployed': { name: 'example.com', group: 'web', hosts: [host] },
  'Certificate Deployment Failed': {
    ...failed,
    reason: 'nginx-test-failed',
    group: 'web',
    hosts: [{ ...host, outcome: 'rolled-back' }],
  },
  'Deployment Window Overridden': {
    group: 'web',
    names: ['example.com'],
    hosts: ['i-0a1b2c3d4e5f60718'],
    reason: 'window-overridden',
    message: 'm',
  },
  'Certificate Imported': {
    name: 'example.com',
    region: 'us-east-1',
    arn: 'arn:aws:acm:us-east-1:123456789012:certificate/1',
    version: 'v',
    reason: 'import-missing' as never,
  },
  'Certificate Import Failed': { ...failed, reason: 'acm-unavailable', region: 'us-east-1' },
  'Site Probed': {
    name: 'example.com',
    version: 'v',
    sites: 1,
    troubles: 1,
    findings: [{ site: 'example.com', check: 'tls', status: 'failing', seen: 's', remedy: 'r' }],
  },
  'Renewal File Rejected': failed,
  'Object Set Aside': { key: 'live/example.com.json', aside: 'aside/live/…', reason: 'pointer-malformed' },
  'Certificates Checked': {
    start: 'hourly-check',
    at: '2026-11-20T02:00:36.000Z',
    certificates: 1,
    soonest: [{ name: 'example.com', lifeLeft: 0.1, notAfter: '2026-12-02T02:00:00.000Z' }],
    failing: { count: 0, items: [] },
    overdue: { count: 0, items: [] },
    rejected: { count: 0, items: [] },
    hostsBehind: { count: 0, groups: [] },
    unwell: { count: 1, byHealth: { failing: 1 }, items: [] },
    warnings: [],
  },
};
const eventOf = (type: FactType) =>
  busEvent({ source: 'perennial', detailType: type, detail: EXAMPLES[type] });
const ajv = new Ajv2020({
  allErrors: true,
  formats: { 'date-time': (text: string) => !Number.isNaN(Date.parse(text)) },
});
const complaintsOf = (type: FactType, event: unknown) => {
  const isValid = ajv.compile(JSON.parse(read(`tools/schema/events/${fileOf(type)}`)));
  isValid(event);
  return (isValid.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
};

/** The section of each event in docs/reference/events.md: its text and its pattern. */
const sections = new Map(
  [...read('docs/reference/events.md').matchAll(/^## (.+)\n\n(.+)\n\n```json\n(.+)\n```$/gm)].map(
    ([, type = '', text = '', pattern = '']) => [type, { text, pattern: JSON.parse(pattern) }],
  ),
);

it('docs/reference/events.md has a section for each fact, and for no other', () => {
  expect([...sections.keys()]).toEqual(TYPES);
  expect(Object.keys(AGREED)).toEqual(TYPES);
});

describe.each(TYPES)('%s', (type) => {
  it('has the schema that npm run schema makes, and its section links it', () => {
    expect(JSON.parse(read(`tools/schema/events/${fileOf(type)}`))).toEqual(eventSchema(type));
    expect(sections.get(type)?.text).toContain(`](../../tools/schema/events/${fileOf(type)})`);
  });

  it('is valid by its schema, also with a member of a newer version', () => {
    const event = eventOf(type);
    expect(complaintsOf(type, event)).toEqual([]);
    expect(complaintsOf(type, { ...event, detail: { ...EXAMPLES[type], newer: 1 } })).toEqual([]);
  });

  it('is not without a member that it always has, nor as another event', () => {
    for (const key of (eventSchema(type) as { properties: { detail: { required: string[] } } }).properties
      .detail.required) {
      const { [key]: _, ...rest } = EXAMPLES[type] as Record<string, unknown>;
      expect(complaintsOf(type, { ...eventOf(type), detail: rest }), key).toHaveLength(1);
    }
    expect(complaintsOf(type, { ...eventOf(type), 'detail-type': 'Other' })).toHaveLength(1);
  });

  it('is matched by the pattern of its section, and by no other', () => {
    const matching = [...sections].filter(([, { pattern }]) => matchesPattern(pattern, eventOf(type)));
    expect(matching.map(([name]) => name)).toEqual([type]);
  });
});

it('the event that docs/reference/events.md shows is valid', () => {
  const [, shown = ''] = /```json\n(\{\n[\s\S]*?\n\})\n```/.exec(read('docs/reference/events.md')) ?? [];
  expect(complaintsOf('Certificate Renewed', JSON.parse(shown))).toEqual([]);
});
