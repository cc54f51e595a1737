import { expect, it } from 'vitest';
import { Breaches } from '../../simulation/checks/broken.ts';
import { checkDns } from '../../simulation/checks/dns-checks.ts';
import { World } from '../../simulation/world/world.ts';

const VALUE = `"${'a'.repeat(43)}"`;
const NAME = '_acme-challenge.shop.alpha.com';
const CLAIM = JSON.stringify({ owner: 'renew-1', leaseSeconds: 0, records: [record(NAME)] });

it.each<[string, (world: World) => void, string[]]>([
  ['nobody was told of', () => {}, ['txt-forgotten']],
  ['people were told to remove, in a domain that was taken away', (world) => aside(world, []), []],
  [
    'somebody noted, in a domain that was taken away',
    (world) => aside(world, [], 'somebody'),
    ['txt-forgotten'],
  ],
  [
    'people were told to remove, in a domain of ours',
    (world) => aside(world, ['alpha.com']),
    ['txt-forgotten'],
  ],
])('a claim that goes with a TXT value that %s', (_, meanwhile, broken) => {
  const world = new World({ seed: 1n, start: Date.parse('2026-11-20T00:00:00Z'), heaviness: 'none' });
  const breaches = new Breaches(world.trace, () => world.scheduler.now);
  checkDns(world, breaches);
  world.bucket.put('pending/shop.json', CLAIM, 'renew-1');
  const [zone] = world.route53.zones.values();
  zone?.sets.set(`TXT ${NAME}`, { name: NAME, type: 'TXT', ttl: 60, values: [VALUE] });
  meanwhile(world);
  world.bucket.remove('pending/shop.json', 'renew-2');
  expect([...breaches.first.keys()]).toEqual(broken);
});

function record(name: string) {
  return { zoneId: 'Z1', name, type: 'TXT', values: [VALUE], ttl: 60 };
}

function aside(world: World, domains: string[], by = 'renew-2'): void {
  world.settings.domains = domains;
  world.bucket.put('aside/pending/shop.json.1', JSON.stringify({ records: [record(NAME)] }), by);
}
