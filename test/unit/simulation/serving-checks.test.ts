import { expect, it } from 'vitest';
import { pointerText } from '../../../lib/foundation/certificate/live-pointer.ts';
import { hostGroup } from '../../fakes/stack.ts';
import { Breaches } from '../../simulation/checks/broken.ts';
import { Opportunities } from '../../simulation/checks/opportunities.ts';
import { checkServing } from '../../simulation/checks/serving-checks.ts';
import { HOUR } from '../../simulation/engine/durations.ts';
import { World } from '../../simulation/world/world.ts';

const START = Date.parse('2026-11-20T00:00:00Z');
const [OLD, NEW] = ['20261101T000000Z-0a1b2c', '20261120T010000Z-3d4e5f'];
const HASH = 'a'.repeat(64);

it.each<[string, (world: World) => unknown, string[]]>([
  ['of a group that is to have it', () => {}, ['host-serves-old']],
  ['of a group that the file left out while it was renewed', (world) => point(world, NEW, []), []],
  ['that is offline', (world) => Object.assign(hostOf(world), { isOnline: false }), []],
  ['that has it since', (world) => hostOf(world).served.set('shop', NEW), []],
])('what a host serves %s', async (_, meanwhile, broken) => {
  const world = new World({ seed: 1n, start: START, heaviness: 'none' });
  const breaches = new Breaches(world.trace, () => world.scheduler.now);
  checkServing({ world, breaches, opportunities: new Opportunities(world) });
  for (const host of [...world.fleet.hosts.values()]) world.fleet.terminate(host);
  world.settings.hostGroups = [hostGroup('web')];
  world.write('shop', { names: ['shop.alpha.com'], hosts: ['web'] });
  world.fleet.launch('web').served.set('shop', OLD);
  await world.scheduler.runUntil(START + HOUR);
  point(world, NEW, ['web']);
  meanwhile(world);
  await world.scheduler.runUntil(START + 42 * HOUR);
  expect([...breaches.first.keys()]).toEqual(broken);
});

function hostOf({ fleet }: World) {
  const [host] = fleet.hosts.values();
  if (!host) throw new Error('there is no host');
  return host;
}

function point(world: World, version: string, hosts: string[]): void {
  const at = new Date(START).toISOString();
  const life = { notBefore: at, notAfter: new Date(START + 60 * 24 * HOUR).toISOString(), issuedAt: at };
  const hashes = { fingerprint: HASH, keyFingerprint: HASH, sha256: { fullchain: HASH, privkey: HASH } };
  const facts = { names: ['shop.alpha.com'], serial: '0a', certId: 'a.b', key: 'ecdsa-p256' as const };
  const pointer = { version, hosts, serverNames: [], ...facts, ...life, ...hashes };
  world.bucket.put('live/shop.json', pointerText(pointer), 'renew-1');
}
