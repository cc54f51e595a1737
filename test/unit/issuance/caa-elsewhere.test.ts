import { beforeEach, describe, expect, it } from 'vitest';
import type { CaaProperty } from '../../../lib/issuance/dns/rules/caa-property.ts';
import { makeWorld, type World } from './renewal-world.ts';

const ZONE = 'ZEXAMPLECOM';
const OTHERS = '0 issue "other.test"';
let world: World;

beforeEach(async () => {
  world = await makeWorld();
});

const renew = () => world.renew(world.due(['shop']));
const put = (name: string, ...values: string[]) =>
  world.zones.overwrite(ZONE, { name, type: 'CAA', ttl: 60, values });
/** The public DNS shows these sets beside what our zones have. */
function show(sets: Record<string, CaaProperty[]>) {
  const { caa } = world.resolver;
  world.resolver.caa = async function shown(name) {
    return sets[name] ?? caa.call(this, name);
  };
}
const issue = (value: string): CaaProperty[] => [{ flags: 0, tag: 'issue', value }];
const forbidden = (where: string) => [
  { outcome: 'failed', reason: 'caa-forbids', message: expect.stringContaining(where) },
];

describe('a CAA set above the domains of the stack', () => {
  beforeEach(async () => {
    world.stack.domains.splice(0, world.stack.domains.length, 'shop.example.com');
    await world.want('shop', ['shop.example.com']);
  });

  it('that lets others issue is left alone: the order is stopped with what to set, and where', async () => {
    put('example.com', OTHERS);
    expect(await renew()).toMatchObject(forbidden('at example.com'));
    expect(world.zones.values('example.com', 'CAA')).toEqual([OTHERS]);
    expect(world.zones.all('CAA')).toHaveLength(1);
    expect(world.authority.requests).toEqual([]);
  });

  it('that lets our CA issue is enough, and no nearer one is made', async () => {
    put('example.com', OTHERS, '0 issue "ca.test"');
    expect(await renew()).toMatchObject([{ outcome: 'renewed' }]);
    expect(world.zones.values('example.com', 'CAA')).toEqual([OTHERS, '0 issue "ca.test"']);
    expect(world.zones.all('CAA')).toHaveLength(1);
  });

  it('is not what counts where a nearer one of ours lets our CA issue', async () => {
    put('example.com', OTHERS);
    put('shop.example.com', '0 issue "ca.test"');
    expect(await renew()).toMatchObject([{ outcome: 'renewed' }]);
    expect(world.zones.values('example.com', 'CAA')).toEqual([OTHERS]);
  });
});

describe('a CAA set in a zone that is not ours', () => {
  beforeEach(async () => {
    world.stack.domains.push('elsewhere.test');
    world.resolver.cnames.set('_acme-challenge.www.elsewhere.test', 'proof.example.org');
    await world.want('shop', ['www.elsewhere.test']);
  });

  it('stops the order where it lets others issue, with what to set there', async () => {
    show({ 'elsewhere.test': issue('other.test') });
    expect(await renew()).toMatchObject(forbidden('at elsewhere.test'));
    expect(world.zones.all('CAA')).toEqual([]);
    expect(world.authority.requests).toEqual([]);
  });

  it.each([
    ['lets our CA issue', issue('ca.test')],
    ['is not there', []],
  ])('stops nothing where it %s, and nothing is written', async (_, set) => {
    show({ 'elsewhere.test': set });
    expect(await renew()).toMatchObject([{ outcome: 'renewed' }]);
    expect(world.zones.all('CAA')).toEqual([]);
  });
});

describe('a CAA set behind a CNAME', () => {
  it.each([
    ['of ours is added to where it stands', 'cdn.example.com', true],
    ['of others is left alone, and the order is stopped with what to set there', 'cdn.elsewhere.test', false],
  ])('%s', async (_, target, isOurs) => {
    await world.want('shop', ['www.example.com']);
    world.resolver.cnames.set('www.example.com', target);
    if (isOurs) put(target, OTHERS);
    const shown = () =>
      isOurs
        ? world.zones.values(target, 'CAA').map((text) => issue(text.split('"')[1] ?? '')[0])
        : issue('other.test');
    const { caa } = world.resolver;
    world.resolver.caa = async function followed(name) {
      return name === 'www.example.com' ? (shown() as CaaProperty[]) : caa.call(this, name);
    };
    const outcomes = await renew();
    expect(world.zones.values('www.example.com', 'CAA')).toEqual([]);
    if (isOurs) {
      expect(outcomes).toMatchObject([{ outcome: 'renewed' }]);
      expect(world.zones.values(target, 'CAA')).toEqual([OTHERS, '0 issue "ca.test"']);
    } else expect(outcomes).toMatchObject(forbidden(`at ${target}`));
  });
});
