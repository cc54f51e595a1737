import { beforeEach, describe, expect, it } from 'vitest';
import { makeWorld, type World } from './renewal-world.ts';

let world: World;

beforeEach(async () => {
  world = await makeWorld();
  for (const name of ['quick', 'slow']) await world.want(name, [`${name}.example.com`]);
});

/** A promise, and what fulfils it; never, where the thing does not happen. */
const happening = () => Promise.withResolvers<void>();

describe('the certificates of a batch', () => {
  it('are committed without waiting for another that the CA is slow to issue', async () => {
    const committed = happening();
    world.store.beforeWrite = (key) => {
      if (key === 'live/quick.json') committed.resolve();
    };
    world.authority.before = (call, about) =>
      call === 'finalize' && about.includes('slow') ? committed.promise : undefined;
    const outcomes = await world.renew(world.due(['slow', 'quick']));
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['renewed', 'renewed']);
  });

  it('have their requests made while the DNS is waited for', async () => {
    const prepared = happening();
    world.authority.before = (call, about) => {
      if (call === 'prepare' && about.includes('slow')) prepared.resolve();
    };
    const txtFrom = world.resolver.txtFrom.bind(world.resolver);
    world.resolver.txtFrom = (server, name) => prepared.promise.then(() => txtFrom(server, name));
    const outcomes = await world.renew(world.due(['quick', 'slow']));
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['renewed', 'renewed']);
  });

  it('are announced although the copies cannot be written', async () => {
    world.store.beforeWrite = (key) => {
      if (key.startsWith('live/quick/')) throw new Error('disk on fire');
    };
    await world.renew(world.due(['quick', 'slow']));
    expect(world.events.of('Certificate Renewed')).toMatchObject([{ name: 'quick' }, { name: 'slow' }]);
    expect(world.warnings).toEqual([expect.stringContaining('the copies in live/quick/ lag behind')]);
  });
});
