import {
  archiveKey,
  LIVE_PREFIX,
  NOTICES_KEY,
  PENDING_PREFIX,
  PINS_PREFIX,
  REVOKED_PREFIX,
  STATE_PREFIX,
} from '../../../lib/foundation/certificate/object-keys.ts';
import { DAY, HOUR } from '../engine/durations.ts';
import type { Random } from '../engine/random.ts';
import { fault, type Happening } from './life.ts';
import { anyName } from './people.ts';
import { pointerOf } from './stored.ts';
import type { World } from './world.ts';

const OBJECTS = [
  STATE_PREFIX,
  LIVE_PREFIX,
  PENDING_PREFIX,
  'hosts/',
  'acm/',
  'orders/',
  'limits/',
  'notices/',
  'index.json',
  REVOKED_PREFIX,
  PINS_PREFIX,
  'probes/',
];
const STRAY = ['.DS_Store', 'Read Me.json', 'Thumbs.db', 'UPPER.json', 'a..b.json', 'notes.txt'];

/** What befalls the bucket in the course of years. */
export const BUCKET_MISCHIEF: readonly Happening[] = [
  fault('bucket.stray-object', [0.2, 3], (world, random) => {
    const folder = random.pick([
      'pending/',
      'pending/',
      'pending/',
      'renewal/',
      'live/',
      'state/',
      'hosts/',
      'acm/',
      'revoked/',
      'orders/',
      'archive/',
    ]);
    const key = `${folder}${random.pick(STRAY)}`;
    world.bucket.put(key, 'stray', 'somebody');
    world.strays.add(key);
    return key;
  }),
  fault('bucket.spoilt-object', [0.2, 6], (world, random) => {
    const keys = world.bucket.keys(random.pick(OBJECTS)).filter((key) => key.endsWith('.json'));
    if (keys.length === 0) return undefined;
    const key = random.pick(keys);
    const body = world.bucket.get(key)?.body ?? '';
    const spoilt = random.pick([
      body.slice(0, Math.floor(body.length / 2)),
      '',
      '{}',
      'null',
      '[]',
      `${body}x`,
    ]);
    world.bucket.put(key, spoilt, 'somebody', world.bucket.get(key)?.groups);
    // The mail says to delete it; no function does.
    if (key.startsWith(REVOKED_PREFIX))
      world.restoreLater(random.spread(DAY, 10 * DAY), `record ${key}`, () => {
        if (world.bucket.get(key)?.body === spoilt) world.bucket.remove(key, 'people');
      });
    return `${key} ${spoilt.length} of ${body.length} characters`;
  }),
  fault('bucket.spoilt-archive', [0.2, 3], (world, random) => {
    const name = anyName(world, random);
    const version = name === undefined ? undefined : pointerOf(world, name)?.version;
    if (name === undefined || version === undefined) return undefined;
    const key = archiveKey(name, version, random.pick(['fullchain', 'privkey', 'cert', 'chain'] as const));
    const { body = '', groups } = world.bucket.get(key) ?? {};
    if (random.chance(0.5)) world.bucket.remove(key, 'somebody');
    else world.bucket.put(key, body.slice(0, Math.floor(body.length / 2)), 'somebody', groups);
    return key;
  }),
  fault('bucket.removed-object', [0.2, 4], (world, random) => {
    const keys = world.bucket.keys(
      random.pick([
        STATE_PREFIX,
        LIVE_PREFIX,
        PENDING_PREFIX,
        NOTICES_KEY,
        'index.json',
        'hosts/',
        'acm/',
        'orders/',
      ]),
    );
    if (keys.length === 0) return undefined;
    const key = random.pick(keys);
    world.bucket.remove(key, 'somebody');
    return key;
  }),
  fault('bucket.far-instant', [0.2, 3], (world, random) => {
    const keys = world.bucket.keys(
      random.pick([STATE_PREFIX, 'limits/', NOTICES_KEY, 'index.json', 'acm/', 'hosts/']),
    );
    const key = keys.length > 0 ? random.pick(keys) : undefined;
    const body = key === undefined ? undefined : world.bucket.get(key)?.body;
    if (key === undefined || body === undefined) return undefined;
    const field = random.pick(['notBefore', 'until', 'at', 'askAgain', 'lastMail', 'since']);
    const changed = body.replace(new RegExp(`("${field}": ?")2\\d{3}(-\\d\\d-\\d\\dT)`, 'g'), '$12038$2');
    if (changed === body) return undefined;
    world.bucket.put(key, changed, 'somebody');
    return `${key} ${field}`;
  }),
  fault('bucket.newer-writer', [0.2, 3], writeAsNewer),
  fault('bucket.older-version', [0.2, 4], (world, random) => {
    const { bucket } = world;
    const keys = bucket.olderKeys(random.pick(OBJECTS)).filter((key) => key.endsWith('.json'));
    const key = keys.length > 0 ? random.pick(keys) : undefined;
    const older = key === undefined ? [] : bucket.olderVersions(key);
    if (key === undefined || older.length === 0) return undefined;
    const { body, groups } = random.pick(older);
    const now = bucket.get(key);
    if (now?.body === body) return undefined;
    bucket.put(key, body, 'somebody', groups);
    // Hosts take no older pointer; whoever put it back finds out.
    if (key.startsWith(LIVE_PREFIX))
      world.restoreLater(random.spread(HOUR, 3 * DAY), `older version of ${key}`, () => {
        if (bucket.get(key)?.body !== body) return;
        if (now) bucket.put(key, now.body, 'somebody', now.groups);
        else bucket.remove(key, 'somebody');
      });
    return `${key} of ${older.length}`;
  }),
];

/** An object of a later release: it has a member that this one does not know. */
export function writeAsNewer(world: World, random: Random): string | undefined {
  const keys = world.bucket.keys(PENDING_PREFIX).filter((key) => key.endsWith('.json'));
  const key = keys.length > 0 ? random.pick(keys) : undefined;
  const body = key === undefined ? undefined : world.bucket.get(key)?.body;
  if (key === undefined || !body?.startsWith('{')) return undefined;
  world.bucket.put(key, body.replace('{', '{"laterMember":1,'), 'somebody');
  return key;
}
