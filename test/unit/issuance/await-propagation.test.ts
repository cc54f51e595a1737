import { beforeEach, describe, expect, it } from 'vitest';
import type { Resolver } from '../../../lib/issuance/dns/resolver.ts';
import { PropagationCheck } from '../../../lib/issuance/renewal/await-propagation.ts';

const SERVERS = ['ns1.test', 'ns2.test'].map((server) => ({ server, address: '192.0.2.53' }));
const edit = (name: string, type: 'TXT' | 'CAA' = 'TXT') => ({
  name,
  type,
  add: [`"${name}-proof"`],
  remove: [],
  ttl: 60,
});
const zone = (...edits: ReturnType<typeof edit>[]) => ({
  zoneId: 'Z1',
  zoneName: 'example.com',
  changeIds: [],
  edits,
});

/** `server name` for what is there. */
let there: Set<string>;
let asked: string[];
const resolver = {
  nameServers: async () => SERVERS,
  txtFrom: async ({ server }: { server: string }, name: string) => {
    asked.push(`${server} ${name}`);
    if (there.has(`${server} down`)) throw new Error('ETIMEOUT');
    return there.has(`${server} ${name}`) ? ['theirs', `${name}-proof`] : ['theirs'];
  },
} as unknown as Resolver;
const show = (name: string, servers = SERVERS) => {
  for (const { server } of servers) there.add(`${server} ${name}`);
};

beforeEach(() => {
  there = new Set();
  asked = [];
});

describe('values that are waited for', () => {
  it('are asked for by one name a server until that is there', async () => {
    const check = await PropagationCheck.of(zone(edit('a'), edit('b'), edit('c')), resolver);
    expect(await check.ask()).toEqual({ server: 'ns1.test', name: 'a' });
    expect(asked).toEqual(['ns1.test a', 'ns2.test a']);
  });

  it('are seen only when every server gives every one', async () => {
    const check = await PropagationCheck.of(zone(edit('a'), edit('b'), edit('c')), resolver);
    show('a');
    show('b', SERVERS.slice(0, 1));
    show('c');
    expect(await check.ask()).toEqual({ server: 'ns2.test', name: 'b' });
    asked = [];
    show('b');
    expect(await check.ask()).toBeUndefined();
    expect(asked).toEqual(['ns2.test b']);
  });

  it('are not seen at a server that does not answer', async () => {
    const check = await PropagationCheck.of(zone(edit('a')), resolver);
    show('a');
    there.add('ns1.test down');
    expect(await check.ask()).toEqual({ server: 'ns1.test', name: 'a' });
  });

  it('are none where only CAA was written', async () => {
    const check = await PropagationCheck.of(zone(edit('a', 'CAA')), resolver);
    expect(await check.ask()).toBeUndefined();
    expect(asked).toEqual([]);
  });
});
