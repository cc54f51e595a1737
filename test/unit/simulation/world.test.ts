import { expect, it } from 'vitest';
import { archiveKey, hostKey, NOTICES_KEY } from '../../../lib/foundation/certificate/object-keys.ts';
import { Breaches } from '../../simulation/checks/broken.ts';
import { checkEnd } from '../../simulation/checks/end-checks.ts';
import { checkLimits } from '../../simulation/checks/limit-checks.ts';
import { Opportunities } from '../../simulation/checks/opportunities.ts';
import { Sweeps } from '../../simulation/checks/sweeps.ts';
import { Telling } from '../../simulation/checks/telling-checks.ts';
import { checkUnwanted } from '../../simulation/checks/trouble-checks.ts';
import { checkWindows } from '../../simulation/checks/window-checks.ts';
import { DAY, HOUR } from '../../simulation/engine/durations.ts';
import { Invocation } from '../../simulation/engine/invocation.ts';
import { Random } from '../../simulation/engine/random.ts';
import { groupOf } from '../../simulation/functions/stack.ts';
import type { IssuedCertificate } from '../../simulation/services/ca-records.ts';
import { forbid } from '../../simulation/world/mischief-zones.ts';
import { PEOPLE } from '../../simulation/world/people.ts';
import { scaleIn } from '../../simulation/world/scale-in.ts';
import { leavesOf } from '../../simulation/world/stored.ts';
import { World } from '../../simulation/world/world.ts';

const START = Date.parse('2026-11-20T00:00:00Z');

const earlier = (hours: number) => new Date(START - hours * HOUR).toISOString();

function calmWorld() {
  const world = new World({ seed: 1n, start: START, heaviness: 'none' });
  const breaches = new Breaches(world.trace, () => world.scheduler.now);
  return { world, breaches, opportunities: new Opportunities(world) };
}

function judgeEnd(parts: ReturnType<typeof calmWorld>): void {
  checkEnd({ ...parts, sweeps: new Sweeps(parts), telling: new Telling(parts.world) });
}

it('takes the oldest host of a full group away, hours after another came', async () => {
  const { world } = calmWorld();
  scaleIn(world);
  const hosts = Array.from({ length: 5 }, () => world.fleet.launch('web').instanceId);
  await world.scheduler.runUntil(START + HOUR);
  expect([...world.fleet.hosts.keys()]).toEqual(hosts);
  await world.scheduler.runUntil(START + 7 * HOUR);
  expect([...world.fleet.hosts.keys()]).toEqual(hosts.slice(1));
});

it('keeps as many certificates as it began with, and two more', () => {
  const { world } = calmWorld();
  world.usual = 3;
  for (let index = 0; index < 9; index += 1) {
    world.write(`cert${index}`, { names: [`s${index}.alpha.com`] });
    world.makeRoom();
  }
  expect([...world.files.keys()]).toEqual(['cert4', 'cert5', 'cert6', 'cert7', 'cert8']);
});

it('lets nobody take out more than two of those that it began with', () => {
  const { world } = calmWorld();
  world.usual = 5;
  for (let index = 0; index < 5; index += 1) world.write(`cert${index}`, { names: [`s${index}.alpha.com`] });
  const random = new Random(1n, 'delete');
  const deletes = PEOPLE.find(({ name }) => name === 'people delete a file');
  for (let times = 0; times < 9; times += 1) deletes?.happen(world, random);
  expect(world.files.size).toBe(3);
});

it('keeps two certificates of six days, the youngest', () => {
  const { world } = calmWorld();
  world.usual = 20;
  for (let index = 0; index < 4; index += 1) {
    world.write(`cert${index}`, { names: [`s${index}.alpha.com`], profile: 'shortlived' });
    world.makeRoom();
  }
  expect([...world.files.keys()]).toEqual(['cert2', 'cert3']);
});

it('lets somebody forbid us by CAA once at a time, and leaves ours when that is mended', async () => {
  const ours = '0 issue "letsencrypt.org"';
  const outcomes = new Set<string>();
  for (let seed = 1n; seed <= 20n; seed += 1n) {
    const { world } = calmWorld();
    const zone = world.route53.delegated.get('alpha.com');
    if (!zone) throw new Error('there is no zone');
    zone.overwrite({ name: 'alpha.com', type: 'CAA', ttl: 300, values: [ours] }, START);
    const random = new Random(seed, 'forbid');
    expect(forbid(world, zone, random)).toBe(true);
    expect(forbid(world, zone, random)).toBe(false);
    const values = () => zone.sets.get('CAA alpha.com')?.values;
    const isBeside = values()?.includes(ours) === true;
    await world.scheduler.runUntil(START + 21 * DAY);
    expect(values()).toEqual(isBeside ? [ours] : undefined);
    outcomes.add(isBeside ? 'beside ours' : 'instead of ours');
  }
  expect(outcomes.size).toBe(2);
});

const TELLS = 'cert1 is not renewed\nWhat failed: no answer (ca-timeout)\n';

it.each([
  ['that was remembered is one too many', 'ended', HOUR, ['told-of-what-is-not-wanted']],
  ['that could not be remembered comes again', 'failed', HOUR, []],
  ['that two runs send at once comes twice', 'ended', HOUR / 60, []],
] as const)('a mail about what nobody wants %s', async (_, how, laterMs, broken) => {
  const { world, breaches } = calmWorld();
  checkUnwanted({ world, breaches });
  world.write('cert1', { names: ['alpha.com'] });
  world.forget('cert1');
  await world.scheduler.runUntil(START + 2 * DAY);
  world.mails.send({ subject: '', text: TELLS, by: 'notify-1' });
  const ending = how === 'ended' ? { how, answer: [] } : { how, error: new Error('no answer') };
  const run = { functionName: 'notify', limitMs: 1, about: '', step: async () => {}, ended: () => {} };
  for (const hear of world.lambda.onEnd) hear(ending, new Invocation('notify-1', 'notify', 0), run);
  await world.scheduler.runUntil(START + 2 * DAY + laterMs);
  world.mails.send({ subject: '', text: TELLS, by: 'notify-2' });
  expect([...breaches.first.keys()]).toEqual(broken);
});

it.each([
  ['is a breach', 0, HOUR, ['window-broken']],
  ['is none where the clock of the run was wrong', 20 * HOUR, HOUR, []],
  ['is none where another run sent the same meanwhile', 0, HOUR / 60, []],
] as const)('a command outside of the windows of a group %s', (_, skewMs, sentAgoMs, broken) => {
  const parts = calmWorld();
  const { world, breaches } = parts;
  checkWindows(parts);
  const group = { ...groupOf('web'), window: ['Mon-Sun 10:00-12:00 UTC'] };
  world.settings.hostGroups = [group];
  const { instanceId } = world.fleet.launch('web');
  serving(world, instanceId, VERSION, sentAgoMs);
  world.fleet.send({ group, names: ['cert1'], instanceIds: [instanceId], allowedErrors: 0 }, skewMs);
  expect([...breaches.first.keys()]).toEqual(broken);
});

const VERSION = '20261101T000000Z-000001';

/** A host that has reported a version of `cert1`, which is valid for months. */
function serving(world: World, instanceId: string, version: string, agoMs: number): void {
  const at = new Date(START - agoMs).toISOString();
  const run = { version, outcome: 'served', at, commandId: 'command-1' };
  const record = { instanceId, group: 'web', lineages: { cert1: run } };
  world.bucket.put(hostKey(instanceId), JSON.stringify(record), 'confirm');
  world.bucket.put(archiveKey('cert1', version, 'fullchain'), 'a chain', 'renew');
  const life = { notBefore: START - 20 * DAY, notAfter: START + 70 * DAY };
  leavesOf(world).set('a chain', { ...UNREAD, ...life });
}

const UNREAD: IssuedCertificate = {
  serial: '03',
  certId: 'one',
  names: ['alpha.com'],
  profile: undefined,
  notBefore: 0,
  notAfter: 0,
  keyFingerprint: '',
  account: '',
  fullchain: 'a chain',
  otherChain: 'another chain',
  issuedAt: START,
  timesSpoilt: 0,
};

it.each([
  ['stands in the way of a certificate below that domain', ['s1.alpha.com'], 2 * HOUR],
  ['is none for others', ['s1.beta.org'], 6 * HOUR],
])('a limit of a CA on a domain %s', async (_, names, clear) => {
  const { world, opportunities } = calmWorld();
  world.write('cert1', { names: [...names] });
  const met = {
    limit: 'registered-domain',
    value: 'alpha.com',
    message: '',
    retryAfterMs: 4 * HOUR,
  } as const;
  for (const hear of world.cas[0]?.onLimit ?? []) hear(met, names);
  const span = { from: START, until: START + 6 * HOUR };
  expect(opportunities.longestClear('cert1', span, ['ca'])).toBe(clear);
});

it.each([
  ['is a breach before its end', 9 * DAY, 6 * DAY, ['asked-while-limited']],
  ['is none after the longest wait that we keep', 9 * DAY, 7 * DAY + HOUR, []],
  ['is none after its end', 2 * DAY, 3 * DAY, []],
])('to ask for what a limit of a CA holds up %s', async (_, retryAfterMs, againMs, broken) => {
  const parts = calmWorld();
  const { world, breaches } = parts;
  checkLimits(parts);
  const meet = (wait: number) => {
    const others = { retryAfterMs: wait, isOfOthers: true };
    const met = { limit: 'registered-domain', value: 'alpha.com', message: '', ...others } as const;
    for (const hear of world.cas[0]?.onLimit ?? []) hear(met, ['alpha.com']);
  };
  meet(retryAfterMs);
  await world.scheduler.runUntil(START + againMs);
  meet(DAY);
  await world.scheduler.runUntil(START + againMs + HOUR);
  expect([...breaches.first.keys()]).toEqual(broken);
});

it.each([
  ['reports what is left in the memory of troubles', 'file', {}, true],
  ['reports what happened once and was told long ago', 'object', { told: { any: earlier(27) } }, true],
  ['passes over what happened once and was told lately', 'object', { told: { any: earlier(25) } }, false],
])('%s at the end', (_, kind, more, isReported) => {
  const parts = calmWorld();
  const { world, breaches } = parts;
  const trouble = { reason: 'stray-object', at: earlier(48), told: {}, ...more };
  world.bucket.put(NOTICES_KEY, JSON.stringify({ troubles: { [`${kind} stray`]: trouble } }), 'notify');
  judgeEnd(parts);
  const left = breaches.first.get('end: no trouble left')?.what;
  expect(left?.startsWith(`${kind} stray: stray-object`) ?? false).toBe(isReported);
});

it.each([
  ['renewal/Read Me.json', 'file Read Me', false],
  ['acm/.DS', 'file acm/.DS', false],
  ['acm/.DS', 'renewal cert1', true],
  ['renewal/c.json', 'renewal cert1', true],
  ['renewal/c.json', 'site cert1', false],
  ['renewal/c.json', 'site cert1', true, 9 * 24],
])(
  'with the stray object %s, the end has to be without the trouble %s: %s',
  (stray, key, isReported, hours = 48) => {
    const parts = calmWorld();
    const { world, breaches } = parts;
    world.strays.add(stray);
    const trouble = { reason: 'stray-object', at: earlier(hours), told: {} };
    world.bucket.put(NOTICES_KEY, JSON.stringify({ troubles: { [key]: trouble } }), 'notify');
    judgeEnd(parts);
    expect(breaches.first.has('end: no trouble left')).toBe(isReported);
  },
);

it.each([
  ['excuses what a limit that others reached held up until the end', 25 * HOUR, []],
  ['does not excuse what a limit held up until some hours before', 23 * HOUR, ['end: no trouble left']],
])('%s', async (_, retryAfterMs, broken) => {
  const parts = calmWorld();
  const { world, breaches } = parts;
  world.write('cert1', { names: ['s1.alpha.com'], hosts: [] });
  const met = { limit: 'registered-domain', value: 'alpha.com', message: '', retryAfterMs } as const;
  for (const hear of world.cas[0]?.onLimit ?? []) hear(met, ['s1.alpha.com']);
  await world.scheduler.runUntil(START + 26 * HOUR);
  const trouble = { reason: 'acme-rate-limited', at: earlier(0), told: {} };
  world.bucket.put(NOTICES_KEY, JSON.stringify({ troubles: { 'renewal cert1': trouble } }), 'notify');
  judgeEnd(parts);
  expect([...breaches.first.keys()].filter((check) => check === 'end: no trouble left')).toEqual(broken);
});

it.each(['isPoisoned', 'isStuck'] as const)('mends an order that %s when the faults stop', (how) => {
  const { world } = calmWorld();
  const [ca] = world.cas;
  if (!ca) throw new Error('there is no CA');
  const account = ca.newAccount();
  const { url } = ca.newOrder(account, { names: ['shop.alpha.com'], profile: undefined });
  const kept = ca.orders.get(url);
  if (kept) Object.assign(kept, { [how]: true, wrong: ['ca.poisoned-order', 'ca.stuck-order'] });
  for (const authorization of ca.authorizations.values()) authorization.status = 'valid';
  const look = () => {
    try {
      return ca.order(account, url).status;
    } catch (error) {
      return String(error);
    }
  };
  expect(look()).toMatch(how === 'isStuck' ? /^pending$/ : /Error retrieving order/);
  world.faults.takeMet();
  world.stopFaults();
  expect(look()).toBe('ready');
  expect(world.faults.takeMet()).toEqual([]);
});
