import { setOf } from '../../../lib/issuance/ca/rules/rate-limit-scope.ts';
import { MINUTE } from '../engine/durations.ts';
import type { Random } from '../engine/random.ts';
import { askToRevoke } from './ask-to-revoke.ts';
import { fault, type Happening } from './life.ts';
import { anyName } from './people.ts';
import { certificateOf } from './stored.ts';
import type { World } from './world.ts';

/** What people do that is asking for trouble: in some runs often, in others never. */
export const PEOPLE_IN_TROUBLE: readonly Happening[] = [
  fault('people.add-a-twin', [0.5, 4], (world, random) => {
    const name = anyName(world, random);
    const file = name === undefined ? undefined : world.files.get(name);
    if (name === undefined || !file) return undefined;
    // Sites are looked at for one of the two: they serve only one certificate to a client.
    const { probe: _, key, ...same } = file;
    const twin = `cert${world.named}`;
    world.write(twin, { ...same, names: [...file.names], ...(key ? {} : { key: 'rsa-2048' }) });
    world.makeRoom();
    return `${twin} with the names of ${name}`;
  }),
  fault('people.force-again-and-again', [0.5, 8], (world, random) => {
    const names = sameNames(world, anyName(world, random));
    const times = random.whole(2, 8);
    let at = 0;
    for (let time = 0; time < times; time += 1) {
      world.scheduler.after(at, 'people force', () => force(world, names));
      at += random.spread(10 * MINUTE, 600 * MINUTE);
    }
    return `${names.join(' ')} ${times} times`;
  }),
  fault('people.revoke-an-older-version', [0.3, 5], (world, random) => {
    const name = anyName(world, random);
    const version = name && anyVersion(world, name, random);
    if (!name || !version) return undefined;
    askToRevoke(world, name, version, 'keyCompromise');
    return `${name} ${version}`;
  }),
];

function force(world: World, names: readonly string[]): void {
  if (!world.faults.on) return;
  for (const name of names) world.forced(name);
  world.invoke('scan', { start: 'force', names: [...names] });
}

/** The certificates of the same set of names, as a CA counts them. */
function sameNames(world: World, name: string | undefined): string[] {
  const set = setOf(world.files.get(name ?? '')?.names ?? []);
  return [...world.files].filter(([, file]) => setOf(file.names) === set).map(([one]) => one);
}

/** Of those that are valid still. */
function anyVersion(world: World, name: string, random: Random): string | undefined {
  const prefix = `archive/${name}/`;
  const versions = world.bucket
    .keys(prefix)
    .filter((key) => key.endsWith('/fullchain.pem'))
    .map((key) => key.slice(prefix.length).split('/')[0] ?? '')
    .filter((version) => (certificateOf(world, name, version)?.notAfter ?? 0) > world.scheduler.now);
  return versions.length === 0 ? undefined : random.pick(versions);
}
