import { ARCHIVE_PREFIX, PINS_PREFIX, pinKey } from '../../../lib/foundation/certificate/object-keys.ts';
import { judgePin } from '../../../lib/foundation/certificate/pin.ts';
import { DAY } from '../engine/durations.ts';
import type { Random } from '../engine/random.ts';
import { certificateOf, pointerOf } from './stored.ts';
import type { World } from './world.ts';

/** A pin, and its end, change what is wanted, and since when. */
export function followPins(world: World): void {
  world.bucket.onChange.push(({ key }) => {
    const name = key.slice(PINS_PREFIX.length, -'.json'.length);
    if (key.startsWith(PINS_PREFIX) && world.files.has(name))
      world.wantedSince.set(name, world.scheduler.now);
  });
}

/** A person puts an older version back, as the command `restore` does, and lets it go again some time later. */
export function restoreVersion(world: World, name: string, random: Random): string | undefined {
  const live = pointerOf(world, name);
  const names = world.files.get(name)?.names;
  if (!live || !names) return undefined;
  const older = versionsOf(world, name).filter((version) => {
    const issued = certificateOf(world, name, version);
    // What a CA has revoked by itself nobody knows here.
    if (!issued || issued.revokedAt !== undefined || version >= live.version) return false;
    const { serial, keyFingerprint } = issued;
    const life = { notBefore: new Date(issued.notBefore), notAfter: new Date(issued.notAfter) };
    const leaf = { names: [...issued.names], serial, keyFingerprint, ...life };
    const now = new Date(world.scheduler.now);
    return judgePin({ version, leaf, names, revocations: [], now }).holds;
  });
  if (older.length === 0) return undefined;
  const version = random.pick(older);
  const at = new Date(world.scheduler.now).toISOString();
  world.bucket.put(pinKey(name), `${JSON.stringify({ version, at }, null, 2)}\n`, 'people');
  world.invoke('scan', { start: 'check', names: [name] });
  // At the latest when the faults stop.
  world.restoreLater(random.spread(DAY, 60 * DAY), `pin of ${name}`, () => release(world, name));
  return `${name} ${version}`;
}

/** Lets a version go, if it is still pinned. */
function release(world: World, name: string): void {
  if (!world.bucket.get(pinKey(name))) return;
  world.trace.note(`people release ${name}`);
  world.bucket.remove(pinKey(name), 'people');
  world.invoke('scan', { start: 'check', names: [name] });
}

function versionsOf(world: World, name: string): string[] {
  const prefix = `${ARCHIVE_PREFIX}${name}/`;
  const keys = world.bucket.keys(prefix).filter((key) => key.endsWith('/fullchain.pem'));
  return keys.map((key) => key.slice(prefix.length, -'/fullchain.pem'.length));
}
