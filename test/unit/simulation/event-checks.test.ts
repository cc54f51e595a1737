import { expect, it } from 'vitest';
import type { StackEvent } from '../../../lib/foundation/events/events.ts';
import { Breaches } from '../../simulation/checks/broken.ts';
import { checkEvents } from '../../simulation/checks/event-checks.ts';
import { Invocation } from '../../simulation/engine/invocation.ts';
import { World } from '../../simulation/world/world.ts';

const START = Date.parse('2026-11-20T00:00:00Z');
const AT = '2026-11-19T00:00:00Z';
const FAILURE = { name: 'cert1', reason: 'ca-timeout', message: '' } as const;
const HOSTS = [{ instanceId: 'i-00000001', outcome: 'failed' }];
const run = { outcome: 'failed', at: AT, commandId: 'command-1' };
const imports = [{ region: 'us-east-1', outcome: 'failed', at: AT }];

const CASES: [name: string, by: string, key: string, body: object, fact: StackEvent][] = [
  [
    'a failure of a renewal',
    'renew',
    'state/cert1.json',
    { failures: 1 },
    { type: 'Certificate Renewal Failed', detail: { ...FAILURE, failures: 1 } },
  ],
  [
    'a failure of a repair',
    'renew',
    'state/cert1.json',
    { failures: 0, repairs: { 'left-open': { failures: 1 } } },
    { type: 'Certificate Renewal Failed', detail: { ...FAILURE, failures: 1 } },
  ],
  [
    'an import that failed',
    'acm',
    'acm/cert1.json',
    { name: 'cert1', imports },
    { type: 'Certificate Import Failed', detail: { ...FAILURE, region: 'us-east-1' } },
  ],
  [
    'a host that failed',
    'confirm',
    'hosts/i-00000001.json',
    { instanceId: 'i-00000001', group: 'web', lineages: { cert1: run } },
    { type: 'Certificate Deployment Failed', detail: { ...FAILURE, group: 'web', hosts: HOSTS } },
  ],
  [
    'an object that was set aside',
    'renew',
    'aside/state/cert1.json.1',
    {},
    {
      type: 'Object Set Aside',
      detail: { key: 'state/cert1.json', aside: 'aside/state/cert1.json.1', reason: 'state-malformed' },
    },
  ],
];

it.each(CASES)('%s is put on the bus by the run that wrote it down', (_, by, key, body, fact) => {
  expect(brokenBy({ by, key, body, facts: [fact] })).toEqual([]);
  expect(brokenBy({ by, key, body, facts: [] })).toEqual(['event-not-put']);
  expect(brokenBy({ by, key, body, facts: [], hits: ['bus.late'] })).toEqual(['event-not-put']);
  expect(brokenBy({ by, key, body, facts: [], hits: ['bus.fails'] })).toEqual([]);
  const [, , , , other] = CASES.find(([, , , , one]) => one.type !== fact.type) ?? [];
  expect(brokenBy({ by, key, body, facts: other ? [other] : [] })).toEqual(['event-not-put']);
});

it.each([
  ['the end of a pin', 'pins/cert1.json', []],
  ['a check that says nothing', 'notes.json', ['event-not-put'], '{"start":"hourly-check"}'],
  ['a scan of a file that says nothing', 'notes.json', [], '{"start":"file-changed"}'],
])('%s', (_, key, broken, about = '') => {
  const ended = {
    type: 'Certificate Pin Ended',
    detail: { ...FAILURE, version: 'v', reason: 'pin-ended' },
  } as const;
  expect(brokenBy({ by: 'scan', key, facts: [ended], about })).toEqual(broken);
  if (key.startsWith('pins/')) expect(brokenBy({ by: 'scan', key, facts: [] })).toEqual(['event-not-put']);
});

interface Run {
  by: string;
  key: string;
  /** Absent: the object is removed. */
  body?: object;
  facts: readonly StackEvent[];
  hits?: readonly string[];
  about?: string;
}

function brokenBy({ by, key, body, facts, hits = [], about = '' }: Run): string[] {
  const world = new World({ seed: 1n, start: START, heaviness: 'none' });
  const breaches = new Breaches(world.trace, () => world.scheduler.now);
  if (!body) world.bucket.put(key, '{}', 'people');
  checkEvents({ world, breaches });
  const invocation = new Invocation(`${by}-1`, by, 0);
  invocation.hits.push(...hits);
  world.bucket.caller = invocation;
  if (body) world.bucket.put(key, JSON.stringify(body), by);
  else world.bucket.remove(key, by);
  world.bucket.caller = undefined;
  world.bus.put(facts, invocation);
  const ran = { functionName: by, about, limitMs: 1, step: async () => {}, ended: () => {} };
  for (const hear of world.lambda.onEnd) hear({ how: 'ended', answer: undefined }, invocation, ran);
  return [...breaches.first.keys()];
}
