import { renewalKey } from '../../../lib/foundation/certificate/object-keys.ts';
import type { Random } from '../engine/random.ts';
import { rootsOf } from '../keys/issuer.ts';
import { askToRevoke } from './ask-to-revoke.ts';
import { type Happening, happening } from './life.ts';
import { DOMAINS, GROUPS } from './names.ts';
import { restoreVersion } from './people-go-back.ts';
import { pointerOf } from './stored.ts';
import { drawFile, type File, REGIONS } from './wanted.ts';
import type { World } from './world.ts';

/** What people do to the stack in the course of years. */
export const PEOPLE: readonly Happening[] = [
  happening('add a file', [0.3, 3], (world, random) => {
    const name = `cert${world.named}`;
    world.write(name, drawFile(random, world.named, world.directories));
    world.makeRoom();
    return name;
  }),
  happening('add a file of a name that was there', [0.1, 1.5], (world, random) => {
    const gone = [...world.deletedAt.keys()].filter((name) => !world.files.has(name));
    if (gone.length === 0) return undefined;
    const name = random.pick(gone);
    world.write(name, drawFile(random, world.named, world.directories));
    world.makeRoom();
    return name;
  }),
  happening('delete a file', [0.2, 2], (world, random) => {
    const name = anyName(world, random);
    if (name === undefined || world.isSmall) return undefined;
    world.forget(name);
    return name;
  }),
  happening('change names', [0.5, 6], (world, random) => changeNames(world, anyName(world, random), random)),
  happening('change groups', [0.5, 8], (world, random) =>
    change(world, random, (file) => ({ ...file, hosts: random.some(GROUPS, 0.5) })),
  ),
  happening('change the key type', [0.1, 1], (world, random) =>
    change(world, random, ({ key, ...file }) => (key ? file : { ...file, key: 'ecdsa-p384' })),
  ),
  happening('change the preferred chain', [0.1, 1], (world, random) =>
    change(world, random, ({ preferredChain, ...file }) =>
      preferredChain
        ? file
        : { ...file, preferredChain: random.pick(world.cas.flatMap(({ host }) => rootsOf(host))) },
    ),
  ),
  happening('change regions of ACM', [0.2, 4], (world, random) =>
    change(world, random, (file) => ({
      ...file,
      acm: random.some(REGIONS, 0.4).map((region) => ({ region })),
    })),
  ),
  happening('switch probes', [0.2, 3], (world, random) =>
    change(world, random, ({ probe, ...file }) => (probe ? file : { ...file, probe: true })),
  ),
  happening('force a renewal', [0.3, 5], (world, random) => {
    const name = anyName(world, random);
    if (name === undefined) return undefined;
    world.forced(name);
    world.invoke('scan', { start: 'force', names: [name] });
    return name;
  }),
  happening('revoke a certificate', [0.1, 1.5], (world, random) => {
    const name = anyName(world, random);
    const version = name && pointerOf(world, name)?.version;
    if (!name || !version) return undefined;
    const reason = random.pick(['keyCompromise', 'superseded', 'keyCompromise'] as const);
    askToRevoke(world, name, version, reason);
    return `${name} ${version} ${reason}`;
  }),
  happening('restore a version', [0.2, 3], (world, random) => {
    const name = anyName(world, random);
    return name === undefined ? undefined : restoreVersion(world, name, random);
  }),
  happening('put dead letters back', [4, 50], (world) => {
    const queues = Object.values(world.queues).filter(({ dead }) => dead.length > 0);
    for (const queue of queues) queue.redrive();
    return queues.length > 0 ? queues.map(({ settings }) => settings.name).join(', ') : undefined;
  }),
  happening('launch a host', [0.3, 3], (world, random) => world.fleet.launch(random.pick(GROUPS)).instanceId),
  happening('launch a host from the image of another', [0.2, 3], (world, random) => {
    const original = anyHost(world, random);
    return original && `${world.fleet.launch(original.group, original).instanceId} as ${original.instanceId}`;
  }),
  happening('replace a host', [0.3, 4], (world, random) => {
    const old = anyHost(world, random);
    if (!old) return undefined;
    world.fleet.terminate(old);
    return `${old.instanceId} by ${world.fleet.launch(old.group).instanceId}`;
  }),
];

export function anyName(world: World, random: Random): string | undefined {
  return world.files.size === 0 ? undefined : random.pick([...world.files.keys()]);
}

export function anyHost(world: World, random: Random) {
  const hosts = [...world.fleet.hosts.values()];
  return hosts.length === 0 ? undefined : random.pick(hosts);
}

export function anyZone(world: World, random: Random) {
  return world.route53.delegated.get(random.pick(DOMAINS));
}

/** Adds one, or takes that out again. */
export function changeNames(world: World, name: string | undefined, random: Random): string | undefined {
  return changeFile(world, name, (file) => {
    const [first = ''] = file.names;
    const more = `n${random.whole(0, 5)}.${first}`;
    const names = file.names.includes(more)
      ? file.names.filter((one) => one !== more)
      : [...file.names, more];
    return { ...file, names };
  });
}

const change = (world: World, random: Random, edit: (file: File) => File) =>
  changeFile(world, anyName(world, random), edit);

function changeFile(world: World, name: string | undefined, edit: (file: File) => File): string | undefined {
  const file = name === undefined ? undefined : world.files.get(name);
  if (name === undefined || !file) return undefined;
  world.write(name, edit(file));
  return `${renewalKey(name)} ${JSON.stringify(world.files.get(name))}`;
}
