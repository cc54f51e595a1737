import { beforeEach, describe, expect, it } from 'vitest';
import { renewBatch } from '../../../lib/issuance/renewal/renew-batch.ts';
import { makeWorld, type World } from './renewal-world.ts';

const TARGET = 'proof.example.org';
const ZONE = 'ZEXAMPLEORG';
const NAMES = ['a', 'b', 'c', 'd', 'e'];
let world: World;
let elapsed: number;
/** Runs at each wait. */
let during: () => void;
let stop: AbortController;

const hosts = (label: string, count = 100) =>
  Array.from({ length: count }, (_, index) => `${label}${index}.example.com`);
const standing = () => world.zones.values(TARGET, 'TXT');
const theirs = (count: number, ttl = 300) =>
  world.zones.overwrite(ZONE, {
    name: TARGET,
    type: 'TXT',
    ttl,
    values: Array.from({ length: count }, (_, index) => `"${String(index).padStart(43, 'x')}"`),
  });
async function want(label: string, count?: number): Promise<void> {
  const names = hosts(label, count);
  await world.want(label, names, { caa: { mode: 'off' } });
  for (const name of names) world.resolver.cnames.set(`_acme-challenge.${name}`, TARGET);
}

beforeEach(async () => {
  world = await makeWorld();
  elapsed = 0;
  during = () => {};
  stop = new AbortController();
});

function renew(names: string[]) {
  const runtime = {
    ...world.runtime,
    elapsed: () => elapsed,
    sleep: async (ms: number, signal: AbortSignal) => {
      elapsed += ms;
      during();
      signal.throwIfAborted();
    },
  };
  return renewBatch({ ...world, runtime }, world.due(names), { owner: 'run', signal: stop.signal });
}
/** How many values stood at the target whenever something was written. */
function sizes(): number[] {
  const sets = world.zones.batches.flatMap(({ changes }) => changes.map(({ set }) => set));
  return sets.filter(({ name }) => name === TARGET).map(({ values }) => values.length);
}

describe('five certificates of 100 names each whose challenge names all lead to one name', () => {
  beforeEach(async () => {
    for (const label of NAMES) await want(label);
  });

  it('are all renewed in one run, as many as fit at once and the others after them', async () => {
    const outcomes = await renew(NAMES);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(NAMES.map(() => 'renewed'));
    expect(Math.max(...sizes())).toBe(300);
    expect(standing()).toEqual([]);
    for (const label of NAMES) expect(world.store.text(`state/${label}.json`)).toBe('');
    expect(world.events.of('Certificate Renewal Failed')).toEqual([]);
    expect(world.authority.requests).toHaveLength(5);
  });

  it('are written only when those before them are removed, which is waited for', async () => {
    const { change } = world.zones;
    world.zones.change = async function slow(zoneId, changes) {
      if (changes.some(({ action }) => action === 'DELETE'))
        await new Promise((done) => setTimeout(done, 50));
      return change.call(this, zoneId, changes);
    };
    expect(await renew(NAMES)).toMatchObject(NAMES.map(() => ({ outcome: 'renewed' })));
    expect(sizes()).toEqual([300, 300, 200, 200]);
  });

  it('are renewed beside what others have there, whose TTL is waited for between turns', async () => {
    theirs(200, 120);
    const before = standing();
    const outcomes = await renew(NAMES);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(NAMES.map(() => 'renewed'));
    expect(Math.max(...sizes())).toBe(300);
    expect(standing()).toEqual(before);
    // Four turns after the first.
    expect(elapsed).toBeGreaterThanOrEqual(4 * 120_000);
  });

  it('wait for another worker that has the room, and nothing backs off', async () => {
    theirs(350);
    during = () => {
      if (elapsed <= 60_000) return;
      theirs(0);
      during = () => {};
    };
    const outcomes = await renew(NAMES);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(NAMES.map(() => 'renewed'));
    expect(world.events.of('Certificate Renewal Failed')).toEqual([]);
  });

  it('are told where the room never comes', async () => {
    theirs(350);
    const outcomes = await renew(NAMES);
    const message = expect.stringContaining(`TXT at ${TARGET} in hosted zone ${ZONE} holds 350 values`);
    expect(outcomes).toMatchObject(
      NAMES.map(() => ({ outcome: 'failed', reason: 'record-set-full', message })),
    );
    expect(elapsed).toBeLessThan(300_000);
    expect(standing()).toHaveLength(350);
    theirs(0);
    world.pass(2 * 60_000);
    expect(await renew(NAMES)).toMatchObject(NAMES.map(() => ({ outcome: 'renewed' })));
    expect(world.authority.requests).toHaveLength(5);
  });

  it('are left to the next run where the time ends between turns, without a failure', async () => {
    const { before: earlier } = world.authority;
    world.authority.before = (call, about) => {
      if (call === 'finalize') stop.abort();
      return earlier(call, about);
    };
    const outcomes = await renew(NAMES);
    const count = (what: string) => outcomes.filter(({ outcome }) => outcome === what).length;
    expect([count('renewed'), count('left')]).toEqual([3, 2]);
    expect(outcomes.filter(({ outcome }) => outcome === 'left')).toMatchObject([
      { reason: 'out-of-time' },
      { reason: 'out-of-time' },
    ]);
    expect(world.events.of('Certificate Renewal Failed')).toEqual([]);
    stop = new AbortController();
    world.authority.before = earlier;
    world.pass(20 * 60_000);
    expect(await renew(['d', 'e'])).toMatchObject([{ outcome: 'renewed' }, { outcome: 'renewed' }]);
    expect(world.authority.requests).toHaveLength(5);
    expect(standing()).toEqual([]);
  });

  it('hold up nobody who needs another set, and do not fail for one that is refused', async () => {
    await world.want('shop', ['shop.example.com'], { caa: { mode: 'off' } });
    const { before: earlier } = world.authority;
    world.authority.before = (call, about) => {
      if (call === 'answerChallenge' && about.includes('/a0.'))
        world.zones.overwrite(ZONE, { name: TARGET, type: 'TXT', ttl: 1, values: [] });
      return earlier(call, about);
    };
    const outcomes = await renew([...NAMES, 'shop']);
    const of = (label: string) => outcomes.find(({ name }) => name === label)?.outcome;
    expect([of('shop'), of('d'), of('e')]).toEqual(['renewed', 'renewed', 'renewed']);
  });
});

it('one name and its alias are written with a TTL that does not outlive a turn', async () => {
  await want('a', 1);
  await world.want('shop', ['shop.example.com'], { caa: { mode: 'off' } });
  await renew(['a', 'shop']);
  const written = world.zones.batches.flatMap(({ changes }) =>
    changes.filter(({ action }) => action === 'CREATE'),
  );
  const ttl = (at: string) => written.find(({ set }) => set.name === at)?.set.ttl;
  expect([ttl(TARGET), ttl('_acme-challenge.shop.example.com')]).toEqual([1, 60]);
});
