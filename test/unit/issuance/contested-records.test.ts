import { beforeEach, describe, expect, it } from 'vitest';
import { removeFrom } from '../../../cli/commands/remove.ts';
import { removePin, writePin } from '../../../cli/commands/restore.ts';
import { revoke } from '../../../lib/issuance/revocation/revoke.ts';
import type { Assessment } from '../../../lib/scan/context.ts';
import { removeEndedPins } from '../../../lib/scan/end-pins.ts';
import { contested } from '../../fakes/contested-store.ts';
import { makeWorld, type World } from './renewal-world.ts';

const MOMENTS = ['read', 'write'] as const;
const DAY = 86_400_000;
let world: World;

beforeEach(async () => {
  world = await makeWorld();
  await world.want('shop', ['example.com'], { hosts: ['web'] });
  await world.renew(world.due(['shop']));
});

async function renewAgain(): Promise<string> {
  const { version } = world.live('shop');
  world.pass(DAY);
  await world.renew(world.due(['shop'], { reason: 'forced', replacing: version }));
  return version;
}

describe.each(MOMENTS)('what another worker writes around the %s', (at) => {
  it('of another version stays in the record of what was revoked', async () => {
    const earlier = await renewAgain();
    const first = await renewAgain();
    const { version: second } = world.live('shop');
    const ask = (version: string, store = world.store as ReturnType<typeof contested> | World['store']) =>
      revoke(
        { ...world, store },
        { revoke: 'shop', confirm: 'shop', reason: 'superseded', version },
        world.clock(),
      );
    await ask(earlier);
    const late = contested(world.store, 'revoked/shop.json', () => ask(first), { at });
    await ask(second, late);
    expect(late.contests).toBe(1);
    const { versions } = JSON.parse(world.store.text('revoked/shop.json'));
    expect(versions.map(({ version }: { version: string }) => version).sort()).toEqual(
      [earlier, first, second].sort(),
    );
    for (const one of versions) expect(one.revokedAt).toEqual(expect.any(String));
  });

  it('into a pin is not lost: what a newer program keeps there stays', async () => {
    const first = await renewAgain();
    const pin = { version: first, at: '2026-11-20T00:00:00.000Z', note: 'asked for by audit' };
    const late = contested(
      world.store,
      'pins/shop.json',
      () => world.store.put('pins/shop.json', JSON.stringify(pin)),
      { at },
    );
    await writePin(late, { name: 'shop', version: first, stack: world.stack }, world.clock());
    expect(late.contests).toBe(1);
    expect(JSON.parse(world.store.text('pins/shop.json'))).toEqual({
      ...pin,
      at: world.clock().toISOString(),
    });
  });
});

describe('what is written anew before it is removed stays:', () => {
  const write = (key: string, text: string) => world.store.put(key, text);

  it('a pin that somebody sets while an older one ends', async () => {
    await write('pins/shop.json', 'old');
    const { etag = '' } = (await world.store.get('pins/shop.json')) ?? {};
    const late = contested(world.store, 'pins/shop.json', () => write('pins/shop.json', 'new'));
    const ended = { planned: { name: 'shop' }, pinEnded: { version: 'v', etag, why: 'it is over' } };
    await removeEndedPins(late, [ended as Assessment], () => {});
    expect(late.contests).toBe(1);
    expect(world.store.text('pins/shop.json')).toBe('new');
  });

  it('a pin that somebody sets while another releases one', async () => {
    const first = await renewAgain();
    await writePin(world.store, { name: 'shop', version: first, stack: world.stack }, world.clock());
    const late = contested(world.store, 'pins/shop.json', () => write('pins/shop.json', 'new'));
    await expect(removePin(late, 'shop')).rejects.toMatchObject({ reason: 'changed-meanwhile' });
    expect(world.store.text('pins/shop.json')).toBe('new');
  });

  it('a renewal file that somebody changes while another removes it', async () => {
    const late = contested(world.store, 'renewal/shop.json', () =>
      write('renewal/shop.json', '{ "names": ["a.example.com"] }'),
    );
    await expect(removeFrom(late, 'shop', async () => true)).rejects.toMatchObject({
      reason: 'changed-meanwhile',
    });
    expect(world.store.text('renewal/shop.json')).toContain('a.example.com');
  });
});

describe('a pointer that another worker moves', () => {
  const moved = () => ({ ...world.live('shop'), version: '20261130T010000Z-abcdef' });
  const move = (to: object) => () => world.store.put('live/shop.json', JSON.stringify(to));

  it('stays where a version of before is put back', async () => {
    const first = await renewAgain();
    await writePin(world.store, { name: 'shop', version: first, stack: world.stack }, world.clock());
    const { version: replacing } = world.live('shop');
    const theirs = moved();
    const late = contested(world.store, 'live/shop.json', move(theirs));
    const before = world.events.facts.length;
    await world.renew(world.due(['shop'], { reason: 'pinned', replacing }), { store: late });
    expect(late.contests).toBe(1);
    expect(world.live('shop')).toEqual(theirs);
    expect(world.events.types().slice(before)).not.toContain('Certificate Restored');
  });

  it('stays where changed hosts are shown', async () => {
    await world.want('shop', ['example.com'], { hosts: ['web', 'api'] });
    const { version: replacing } = world.live('shop');
    const theirs = moved();
    const late = contested(world.store, 'live/shop.json', move(theirs));
    const before = world.events.facts.length;
    await world.renew(world.due(['shop'], { reason: 'hosts-changed', replacing }), { store: late });
    expect(late.contests).toBe(1);
    expect(world.live('shop')).toEqual(theirs);
    expect(world.events.types().slice(before)).not.toContain('Deployment Due');
  });

  it('stays where a spoilt one is made anew', async () => {
    const theirs = moved();
    await world.store.put('live/shop.json', '{');
    const late = contested(world.store, 'live/shop.json', move(theirs));
    const before = world.events.facts.length;
    const outcomes = await world.renew(world.due(['shop'], { reason: 'pointer-lost' }), { store: late });
    expect(late.contests).toBe(1);
    expect(outcomes).toMatchObject([{ outcome: 'left', reason: 'claimed-elsewhere' }]);
    expect(world.live('shop')).toEqual(theirs);
    expect(world.events.types().slice(before)).not.toContain('Deployment Due');
  });
});
