import { beforeEach, expect, it } from 'vitest';
import { NOTICES_KEY, stateKey } from '../../../lib/foundation/certificate/object-keys.ts';
import type { CheckSummary, StackEvent } from '../../../lib/foundation/events/events.ts';
import { Breaches } from '../../simulation/checks/broken.ts';
import { Carried } from '../../simulation/checks/carried.ts';
import { checkFailing } from '../../simulation/checks/failing-checks.ts';
import { checkTelling } from '../../simulation/checks/telling-checks.ts';
import { HOUR, MINUTE } from '../../simulation/engine/durations.ts';
import { Invocation } from '../../simulation/engine/invocation.ts';
import { World } from '../../simulation/world/world.ts';

const START = Date.parse('2026-11-20T00:00:00Z');
const FAILED = START + 50 * HOUR;
const FILE = { names: ['s1.alpha.com'], hosts: ['web'], acm: [{ region: 'us-east-1' }], probe: true };
let world: World;
let breaches: Breaches;
/** What the bus had for `notify`. */
let events: object[];

beforeEach(() => {
  world = new World({ seed: 1n, start: START, heaviness: 'none' });
  breaches = new Breaches(world.trace, () => world.scheduler.now);
  events = [];
  // What is put goes to nobody but the checks.
  world.bus.deliver = () => {};
  world.bus.onFact.push((_, __, event) => events.push(event ?? {}));
  const carried = new Carried(world);
  checkFailing({ world, breaches, carried, telling: checkTelling({ world, breaches }) });
  world.write('cert1', FILE);
});

const MESSAGE = { message: 'it is so' };
const NAMED = { name: 'cert1', ...MESSAGE };
const HOST = [{ instanceId: 'i-1', outcome: 'rolled-back' }];
const renewalFailed = (failures: number, forced = false): StackEvent => ({
  type: 'Certificate Renewal Failed',
  detail: { ...NAMED, reason: 'ca-timeout', failures, forced },
});
const deploymentFailed = (reason = 'reload-failed', hosts = HOST): StackEvent => ({
  type: 'Certificate Deployment Failed',
  detail: { ...NAMED, group: 'web', reason, hosts },
});
const checked = (more: Partial<CheckSummary>): StackEvent => ({
  type: 'Certificates Checked',
  detail: {
    start: 'hourly-check',
    at: new Date(world.scheduler.now).toISOString(),
    certificates: 1,
    soonest: [],
    failing: { count: 0, items: [] },
    overdue: { count: 0, items: [] },
    rejected: { count: 0, items: [] },
    hostsBehind: { count: 0, groups: [] },
    warnings: [],
    ...more,
  },
});
const unwell = (health: string) =>
  checked({ unwell: { count: 1, byHealth: {}, items: [{ name: 'cert1', health, trouble: 'so' }] } });
const away = () => checked({ groupsAway: [{ group: 'web', reason: 'no-hosts', hosts: [] }] });
const rejected = () => checked({ rejected: { count: 1, items: [{ ...NAMED, reason: 'outside-domains' }] } });
const imported: StackEvent = {
  type: 'Certificate Imported',
  detail: { name: 'cert1', region: 'us-east-1', arn: 'arn', version: 'v', reason: 'renewed' },
};
const importFailed: StackEvent = {
  type: 'Certificate Import Failed',
  detail: { ...NAMED, region: 'us-east-1', reason: 'acm-limit-exceeded' },
};
const FINDING = { site: 's', check: 'c', status: 'failed', seen: '', remedy: '' } as const;
const probed = (findings: object[]): StackEvent => ({
  type: 'Site Probed',
  detail: { name: 'cert1', version: 'v', sites: 1, troubles: 1, findings: findings as never },
});
const pinned: StackEvent = {
  type: 'Certificate Restored',
  detail: { name: 'cert1', version: 'v', from: 'u', pinned: true },
};

it.each<[string, () => StackEvent, string]>([
  ['a second failure of a renewal', () => renewalFailed(2), 'cert1 is not renewed'],
  ['a first failure where nothing is live', () => renewalFailed(1), 'cert1 is not renewed'],
  ['a deployment', () => deploymentFailed(), 'group web: 1 host does not install'],
  ['a revocation', () => revoked(true), 'URGENT: cert1 is revoked'],
  ['a health', () => unwell('not-served'), 'cert1 is not served everywhere'],
  ['a rejected file', rejected, 'renewal/cert1.json cannot be used'],
  ['an overdue certificate', () => checked({ overdue: { count: 1, items: ['cert1'] } }), 'cert1 is overdue'],
  ['an import', () => importFailed, 'cert1 in us-east-1 is not imported'],
  ['a site', () => probed([FINDING]), 'cert1 seen from outside'],
  ['a pin', () => pinned, 'cert1 is pinned to an older version'],
  [
    'the end of a pin',
    () => ({ type: 'Certificate Pin Ended', detail: { ...NAMED, version: 'v', reason: 'pin-ended' } }),
    'cert1 is not pinned any more',
  ],
  [
    'an object that was set aside',
    () => ({
      type: 'Object Set Aside',
      detail: { key: 'state/cert1.json', aside: 'aside/x', reason: 'state-malformed' },
    }),
    'state/cert1.json was set aside',
  ],
  [
    'what went out of a window',
    () => ({
      type: 'Deployment Window Overridden',
      detail: { group: 'web', names: ['cert1'], hosts: ['i-1'], reason: 'window-overridden', ...MESSAGE },
    }),
    'group web was sent certificates outside of its window',
  ],
])('%s is told within two hours', async (_, make, headline) => {
  await fails(make);
  await at(2 * HOUR + MINUTE);
  expect([...breaches.first.keys()]).toEqual(['not-told']);
  breaches.first.clear();
  // It goes on a day later, and now somebody is told.
  await fails(make, FAILED + 24 * HOUR);
  await at(24 * HOUR + MINUTE);
  tell(headline);
  await at(26 * HOUR + MINUTE);
  expect([...breaches.first.keys()]).toEqual([]);
});

const revoked = (isLive: boolean): StackEvent => ({
  type: 'Certificate Revoked',
  detail: { name: 'cert1', version: 'v', reason: 'keyCompromise', isLive },
});

it.each<[string, () => StackEvent, () => void]>([
  ['a version that is not live and revoked', () => revoked(false), () => {}],
  ['a host that is only slow', () => deploymentFailed('locked'), () => {}],
  ['a pointer that cannot be read', () => unwell('unreadable'), () => {}],
  ['a group where nobody is, of no certificate', away, () => {}],
  ['a certificate that waits', () => unwell('waiting'), () => {}],
  ['a deployment that came through', () => deploymentFailed(), () => put(deployed())],
  ['a deployment that nobody wants', () => deploymentFailed(), () => world.forget('cert1')],
  ['an import that came through', () => importFailed, () => put(imported)],
  ['an import that nobody wants', () => importFailed, () => world.write('cert1', { ...FILE, acm: [] })],
  ['a site that is well', () => probed([FINDING]), () => put(probed([]))],
  ['a pin that was released', () => pinned, () => world.bucket.remove('pins/cert1.json', 'people')],
  ['a renewal that came through', () => renewalFailed(2), () => remember(0)],
  ['a renewal that nobody wants', () => renewalFailed(2), () => world.forget('cert1')],
  ['what a later check does not find', rejected, () => put(checked({}))],
  ['what was told, and is over', rejected, () => tell('renewal/cert1.json cannot be used')],
  ['what nobody can remember', rejected, () => world.bucket.put(NOTICES_KEY, '', 'somebody')],
])('nobody has to hear of %s', async (_, make, happens) => {
  await fails(make);
  await at(HOUR);
  happens();
  await at(2 * HOUR + MINUTE);
  expect([...breaches.first.keys()]).toEqual([]);
});

it.each<[string, () => StackEvent]>([
  ['a host that is slow', () => deploymentFailed('locked')],
  ['a pointer that cannot be read', () => unwell('unreadable')],
  ['a group where nobody is', away],
])('%s is told if it still is at the next check', async (_, make) => {
  await fails(make);
  await fails(make, FAILED + HOUR);
  await at(3 * HOUR + MINUTE);
  expect([...breaches.first.keys()]).toEqual(['not-told']);
});

it.each<[string, string[], boolean]>([
  ['a run that met no fault had it', [], true],
  ['an answer came late', ['s3.late'], true],
  ['the run that had it met a fault', ['s3.fails'], false],
])('it is a breach only where %s', async (_, hits, isBreach) => {
  await fails(rejected, FAILED, hits);
  await at(2 * HOUR + MINUTE);
  expect(breaches.first.has('not-told')).toBe(isBreach);
});

it('what one check does not find is over, though a later one finds it again', async () => {
  await fails(rejected);
  await at(HOUR);
  put(checked({}));
  await at(2 * HOUR - MINUTE);
  put(rejected());
  await at(2 * HOUR + MINUTE);
  expect(breaches.first.has('not-told')).toBe(false);
});

it('what came in the minutes after a mail waits for the next event', async () => {
  await at(-MINUTE);
  tell('cert7 is overdue');
  await fails(rejected);
  await at(2 * HOUR + MINUTE);
  expect(breaches.first.has('not-told')).toBe(false);
});

it.each([
  ['the same warnings, told long ago', -40 * HOUR, 'site-warning'],
  ['other trouble of the site, told the day before', -20 * HOUR, 'site-trouble'],
])('warnings of a site wait for the next day after %s', async (_, when, reason) => {
  await at(when);
  tell('cert1 seen from outside', reason);
  await fails(() => probed([{ ...FINDING, status: 'warning' }]));
  await at(2 * HOUR + MINUTE);
  expect([...breaches.first.keys()]).toEqual([]);
  await fails(() => probed([FINDING]), FAILED + 26 * HOUR);
  await at(28 * HOUR + MINUTE);
  expect([...breaches.first.keys()]).toEqual(['not-told']);
});

it.each([
  ['remembers', 'ended', ['not-told']],
  ['could not remember', 'failed', []],
] as const)('what was told before a run said, and %s, that it is over', async (_, how, broken) => {
  await at(-5 * HOUR);
  tell('cert1 is not renewed', 'propagation-timeout');
  await at(-HOUR);
  const text = 'All clear:\n  cert1 is not renewed: over, since 2026-11-20 00:00 UTC (propagation-timeout)\n';
  world.mails.send({ subject: '', text, by: 'notify-3' });
  const run = { functionName: 'notify', about: '', limitMs: 1, step: async () => {}, ended: () => {} };
  const ending = how === 'ended' ? { how, answer: [] } : { how, error: new Error('no answer') };
  for (const hear of world.lambda.onEnd)
    hear(ending, new Invocation('notify-3', 'notify', 0), { ...run, event: [] });
  await fails(() => renewal('propagation-timeout'));
  await at(2 * HOUR + MINUTE);
  expect([...breaches.first.keys()]).toEqual(broken);
});

it.each([
  ['is over where a later check has it fail no more', {}, {}, 0, []],
  ['is not where that check names it', { failing: { count: 1, items: ['cert1'] } }, {}, 0, ['not-told']],
  ['is not where somebody forced it', {}, { forced: true }, 0, ['not-told']],
  ['is over where the clock of that check was off', {}, {}, -3 * HOUR, []],
  ['is not where that check could not read it', { unseen: unseen(['cert1']) }, {}, 0, ['not-told']],
  ['is over where that check could not read others', { unseen: unseen(['cert2']) }, {}, 0, []],
])('a renewal that fails for another reason since %s', async (_, summary, forced, skewMs, broken) => {
  await fails(() => {
    const fact = renewal('propagation-timeout');
    return { ...fact, detail: { ...fact.detail, ...forced } } as StackEvent;
  });
  await at(HOUR);
  const fact = checked(summary);
  const shown = new Date(FAILED + HOUR + skewMs).toISOString();
  const by = new Invocation('scan-1', 'scan', skewMs);
  if (skewMs !== 0) by.hits.push('lambda.clock');
  world.bus.put([{ ...fact, detail: { ...fact.detail, at: shown } } as StackEvent], by);
  await at(2 * HOUR + MINUTE);
  expect([...breaches.first.keys()]).toEqual(broken);
});

it.each([
  ['people know of it', 'caa-forbids', -20 * HOUR, 'dns-unavailable', []],
  ['people heard of it long ago', 'caa-forbids', -30 * HOUR, 'dns-unavailable', ['not-told']],
  ['it goes on for this reason', 'caa-forbids', -20 * HOUR, 'propagation-timeout', ['not-told']],
])('a reason that changes within the two hours, while %s', async (_, told, when, then, broken) => {
  await at(when);
  tell('cert1 is not renewed', told);
  await fails(() => renewal('propagation-timeout'));
  await at(HOUR);
  put(renewal(then));
  await at(2 * HOUR + MINUTE);
  expect([...breaches.first.keys()]).toEqual(broken);
});

it('a renewal that came through is over, though a repair of it fails still', async () => {
  await fails(() => renewal('propagation-timeout'));
  await at(HOUR);
  world.bucket.put(stateKey('cert1'), '{"failures":0,"repairs":{"left-open":{"failures":1}}}', 'renew');
  put({ type: 'Certificate Renewed', detail: { name: 'cert1' } } as StackEvent);
  await at(2 * HOUR + MINUTE);
  expect([...breaches.first.keys()]).toEqual([]);
});

function unseen(names: string[]) {
  return { hosts: true, strays: true, names };
}

const renewal = (reason: string): StackEvent => ({
  type: 'Certificate Renewal Failed',
  detail: { name: 'cert1', reason: reason as 'caa-forbids', message: 'it is so', failures: 3 },
});

const deployed = (): StackEvent => ({
  type: 'Certificate Deployed',
  detail: { name: 'cert1', group: 'web', hosts: HOST },
});

const at = (afterMs: number) => world.scheduler.runUntil(FAILED + afterMs);

function remember(failures: number): void {
  world.bucket.put(stateKey('cert1'), JSON.stringify({ failures }), 'renew');
}

function put(fact: StackEvent): void {
  world.bus.put([fact], new Invocation('scan-1', 'scan', 0));
}

/** An event that a run of `notify` has, and hears nothing of. */
async function fails(make: () => StackEvent, when = FAILED, hits: string[] = []): Promise<void> {
  await world.scheduler.runUntil(when);
  world.bucket.put('pins/cert1.json', '{}', 'people');
  const fact = make();
  if (fact.type === 'Certificate Renewal Failed') remember(fact.detail.failures);
  put(fact);
  const notify = new Invocation('notify-1', 'notify', 0);
  notify.hits.push(...hits);
  const run = { functionName: 'notify', about: '', limitMs: 1, step: async () => {}, ended: () => {} };
  for (const hear of world.lambda.onEnd)
    hear({ how: 'ended', answer: [] }, notify, { ...run, event: events.slice(-1) });
}

function tell(headline: string, reason = 'overdue'): void {
  const text = `${headline}\n  What failed:    it is so (${reason})\n`;
  world.mails.send({ subject: '', text, by: 'notify-2' });
}
