import { beforeEach, describe, expect, it } from 'vitest';
import type { Installation } from '../../../lib/delivery/deployment/hosts.ts';
import { stateKey } from '../../../lib/foundation/certificate/object-keys.ts';
import type { StackEvent } from '../../../lib/foundation/events/events.ts';
import { Breaches } from '../../simulation/checks/broken.ts';
import { checkTries } from '../../simulation/checks/try-checks.ts';
import { DAY, HOUR } from '../../simulation/engine/durations.ts';
import { Invocation } from '../../simulation/engine/invocation.ts';
import { World } from '../../simulation/world/world.ts';

const START = Date.parse('2026-11-20T00:00:00Z');
const NAME = 'shop';
let world: World;
let breaches: Breaches;
const broken = () => [...breaches.first.values()].map(({ check, what }) => `${check}: ${what}`);

beforeEach(() => {
  world = new World({ seed: 1n, start: START, heaviness: 'none' });
  breaches = new Breaches(world.trace, () => world.scheduler.now);
  checkTries({ world, breaches });
  world.settings.fallbackCas = [];
  world.write(NAME, { names: ['shop.alpha.com'], hosts: ['web'] });
});

function put(fact: unknown, by?: Invocation): void {
  for (const hear of world.bus.onFact) hear(fact as StackEvent, by);
}
const failed = (reason = 'ca-timeout') =>
  put({ type: 'Certificate Renewal Failed', detail: { name: NAME, reason } });
const due = (reason: string, by = new Invocation('scan-1', 'scan', 0)) =>
  put(
    { type: 'Renewal Due', detail: { ca: 'https://ca.test/a', certificates: [{ name: NAME, reason }] } },
    by,
  );

const TRIES: Record<string, [number, () => void]> = {
  'failure of shop': [16, failed],
  'look at the order of shop': [32, () => failed('ca-asks-to-wait')],
  'deployment of shop to web': [
    48,
    () => put({ type: 'Deployment Due', detail: { group: 'web', reason: 'host-behind', names: [NAME] } }),
  ],
  'import of shop in us-east-1': [
    48,
    () => put({ type: 'Certificate Import Failed', detail: { name: NAME, region: 'us-east-1' } }),
  ],
  'order for shop.alpha.com': [
    16,
    () => {
      for (const hear of world.cas[0]?.onAsked ?? []) hear({ names: ['shop.alpha.com'] });
    },
  ],
  'order in place of another for shop.alpha.com': [
    16,
    () => {
      for (const hear of world.cas[0]?.onAsked ?? []) hear({ names: ['shop.alpha.com'], replaces: 'a.b' });
    },
  ],
  'look at CAA of shop.alpha.com': [
    64,
    () => {
      for (const hear of world.dns.onCaa) hear('shop.alpha.com');
    },
  ],
  'change of TXT _acme-challenge.shop.alpha.com': [
    64,
    () => {
      const [zone] = world.route53.zones.values();
      if (!zone) return;
      const set = { name: '_acme-challenge.shop.alpha.com', type: 'TXT', ttl: 1, values: ['"a"'] } as const;
      for (const hear of world.route53.onChange) hear({ zone, changes: [{ action: 'CREATE', set }] });
    },
  ],
  'installation of shop on i-1': [
    80,
    () => {
      const request = { names: [NAME], instanceIds: ['i-1'] } as unknown as Installation;
      for (const hear of world.fleet.onSend) hear(request, 0);
    },
  ],
};

describe.each(Object.entries(TRIES))('%s', (what, [most, attempt]) => {
  it(`comes ${most} times a day, and not once more`, async () => {
    for (let time = 0; time < most; time += 1) attempt();
    await world.scheduler.runUntil(START + DAY);
    for (let time = 0; time < most; time += 1) attempt();
    expect(broken()).toEqual([]);
    attempt();
    expect(broken()).toEqual([`tried-too-often: ${what}: ${most + 1} times in a day`]);
  });
});

it('where the next CA is asked meanwhile it is tried six times more, on that day', async () => {
  world.settings.fallbackCas = world.directories.slice(1);
  for (let time = 0; time < 22; time += 1) failed();
  expect(broken()).toEqual([]);
  await world.scheduler.runUntil(START + DAY);
  world.settings.fallbackCas = [];
  world.write(NAME, { names: ['shop.alpha.com'], hosts: ['web'], ca: [...world.directories] });
  for (let time = 0; time < 22; time += 1) failed();
  expect(broken()).toEqual([]);
  await world.scheduler.runUntil(START + 2 * DAY);
  world.write(NAME, { names: ['shop.alpha.com'], hosts: ['web'] });
  for (let time = 0; time < 17; time += 1) failed();
  expect(broken()).toEqual(['tried-too-often: failure of shop: 17 times in a day']);
});

it('a CA that is taken out was there that day', () => {
  world.settings.fallbackCas = world.directories.slice(1);
  failed();
  world.settings.fallbackCas = [];
  for (let time = 1; time < 22; time += 1) failed();
  expect(broken()).toEqual([]);
});

it('another certificate with more CAs changes nothing for one with one', () => {
  world.write('blog', { names: ['blog.alpha.com'], hosts: ['web'], ca: [...world.directories] });
  put({ type: 'Certificate Renewal Failed', detail: { name: 'blog', reason: 'ca-timeout' } });
  for (let time = 0; time < 17; time += 1) failed();
  expect(broken()).toEqual(['tried-too-often: failure of shop: 17 times in a day']);
});

it('who forces a renewal has it tried five times more', () => {
  due('forced');
  for (let time = 0; time < 21; time += 1) failed();
  expect(broken()).toEqual([]);
  failed();
  expect(broken()).toHaveLength(1);
});

describe('what backs off', () => {
  const notBefore = new Date(START + 2 * HOUR).toISOString();
  const renewal = { failures: 1, notBefore, lastCa: 'https://ca.test/a' };
  const repair = { failures: 0, repairs: { 'caa-drifted': { failures: 1, notBefore } } };

  async function judge({
    state = renewal as object,
    after = HOUR,
    reason = 'expires-soon',
    by = new Invocation('scan-1', 'scan', 0),
  }): Promise<string[]> {
    world.bucket.put(stateKey(NAME), JSON.stringify(state), 'renew');
    await world.scheduler.runUntil(START + after);
    due(reason, by);
    return broken();
  }

  it.each([
    ['a renewal', {}, 'expires-soon'],
    ['a repair', { state: repair, reason: 'caa-drifted' }, 'caa-drifted'],
  ])('%s is not due before its end', async (_, given, reason) => {
    expect(await judge(given)).toEqual([`tried-while-backing-off: shop (${reason}), before ${notBefore}`]);
  });

  it.each([
    ['at its end', { after: 2 * HOUR }],
    ['where it has only just failed', { after: HOUR / 4 }],
    ['where it is forced', { reason: 'forced' }],
    ['at another CA', { state: { ...renewal, lastCa: 'https://ca.test/b' } }],
    ['for another reason to repair', { state: repair, reason: 'hosts-changed' }],
    ['by a clock that is wrong', { by: new Invocation('scan-1', 'scan', DAY) }],
    ['for a person who revoked it', { by: new Invocation('revoke-1', 'revoke', 0) }],
  ])('may be due %s', async (_, given) => {
    expect(await judge(given)).toEqual([]);
  });
});
