import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import * as dnsPacket from 'dns-packet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ForeignZones, joinZones } from '../../local/dns/foreign-zones.ts';
import { type LocalDns, startDns } from '../../local/dns/start.ts';
import { changeOf, type LocalRoute53, startLocalRoute53 } from './local-route53.ts';

let local: LocalRoute53;
let dns: LocalDns;
const foreign = new ForeignZones();
let zone: { id: string; nameServers: string[] };

beforeAll(async () => {
  local = await startLocalRoute53();
  dns = await startDns({ zones: joinZones(local.route53.published, foreign) });
  zone = await local.createZone('example.com');
  const long = Array.from({ length: 20 }, (_, index) => `"${String(index).padStart(43, 'v')}"`);
  await local.change(
    zone.id,
    changeOf('CREATE', 'example.com', 'CAA', '0 issue "ca.example"', '128 future "x"'),
    changeOf('CREATE', 'www.example.com', 'CNAME', 'host.example.com'),
    changeOf('CREATE', 'host.example.com', 'A', '192.0.2.1'),
    changeOf('CREATE', 'host.example.com', 'AAAA', '2001:db8::1'),
    changeOf('CREATE', '*.wild.example.com', 'TXT', '"wild"'),
    changeOf('CREATE', 'deep.below.example.com', 'TXT', '"one" "two"'),
    changeOf('CREATE', '_acme-challenge.long.example.com', 'TXT', ...long),
    changeOf('CREATE', '_acme-challenge.cname.example.com', 'CNAME', 'challenge.elsewhere.test'),
    changeOf('CREATE', 'loop.example.com', 'CNAME', 'loop.example.com'),
  );
  foreign.add(
    'elsewhere.test',
    ['ns1.elsewhere.test'],
    [['challenge.elsewhere.test', 'TXT', '"over there"']],
  );
});
afterAll(async () => {
  await dns?.stop();
  await local?.stop();
});

function resolverAt(address = '127.0.0.1'): Resolver {
  const resolver = new Resolver({ timeout: 2000, tries: 1 });
  resolver.setServers([`${address}:${dns.port}`]);
  return resolver;
}

const atServer = async (index: number, of = zone) => {
  const [address = ''] = await resolverAt().resolve4(of.nameServers[index] ?? '');
  return { address, resolver: resolverAt(address) };
};

describe('the resolver', () => {
  it.each([
    ['A', 'host.example.com', ['192.0.2.1']],
    ['AAAA', 'host.example.com', ['2001:db8::1']],
    ['A', 'www.example.com', ['192.0.2.1']],
    ['A', 'WWW.Example.COM', ['192.0.2.1']],
    ['CNAME', 'www.example.com', ['host.example.com']],
    ['TXT', 'deep.below.example.com', [['one', 'two']]],
    ['TXT', 'any.wild.example.com', [['wild']]],
    ['TXT', '_acme-challenge.cname.example.com', [['over there']]],
  ])('answers %s %s', async (type, name, answer) => {
    expect(await resolverAt().resolve(name, type)).toEqual(answer);
  });

  it('answers NS, SOA and CAA', async () => {
    expect((await resolverAt().resolveNs('example.com')).sort()).toEqual([...zone.nameServers].sort());
    expect(await resolverAt().resolveSoa('example.com')).toMatchObject({
      nsname: zone.nameServers[0],
      expire: 1209600,
    });
    expect(await resolverAt().resolveCaa('example.com')).toContainEqual(
      expect.objectContaining({ issue: 'ca.example' }),
    );
  });

  it.each([
    ['TXT', 'nothing.example.com', 'ENOTFOUND'],
    ['TXT', 'host.example.com', 'ENODATA'],
    ['TXT', 'below.example.com', 'ENODATA'],
    ['TXT', 'not-registered.test', 'ENOTFOUND'],
    ['TXT', 'loop.example.com', 'ESERVFAIL'],
  ])('has no %s %s: %s', async (type, name, code) => {
    await expect(resolverAt().resolve(name, type)).rejects.toMatchObject({ code });
  });

  it('truncates over UDP what the client asks for in full over TCP', async () => {
    const answers = await resolverAt().resolveTxt('_acme-challenge.long.example.com');
    expect(answers).toHaveLength(20);
    const reply = await askOverUdp('_acme-challenge.long.example.com');
    expect(reply).toMatchObject({ flag_tc: true, answers: [] });
  });

  it('fails for a name on request', async () => {
    dns.fail('host.example.com', 'SERVFAIL');
    await expect(resolverAt().resolve4('host.example.com')).rejects.toMatchObject({ code: 'ESERVFAIL' });
    dns.fail('host.example.com', undefined);
    expect(await resolverAt().resolve4('host.example.com')).toEqual(['192.0.2.1']);
  });
});

describe('the name servers', () => {
  it('are four addresses on one port, each authoritative for its zones only', async () => {
    const all = await Promise.all([0, 1, 2, 3].map((index) => atServer(index)));
    expect(new Set(all.map(({ address }) => address)).size).toBe(4);
    for (const { resolver } of all) {
      expect(await resolver.resolve4('host.example.com')).toEqual(['192.0.2.1']);
      await expect(resolver.resolveTxt('challenge.elsewhere.test')).rejects.toMatchObject({
        code: 'EREFUSED',
      });
    }
  });

  it('lag behind one by one, while the change is INSYNC', async () => {
    dns.holdBack(2, 60_000);
    await local.change(zone.id, changeOf('CREATE', '_acme-challenge.lag.example.com', 'TXT', '"new"'));
    const answers = await Promise.allSettled(
      [0, 1, 2, 3].map(async (index) =>
        (await atServer(index)).resolver.resolveTxt('_acme-challenge.lag.example.com'),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    dns.holdBack(2, 0);
    const { resolver } = await atServer(2);
    expect(await resolver.resolveTxt('_acme-challenge.lag.example.com')).toEqual([['new']]);
  });
});

describe('delegation', () => {
  it('to another zone held here: the closest zone answers', async () => {
    const sub = await local.createZone('sub.example.com');
    await local.change(sub.id, changeOf('CREATE', 'sub.example.com', 'TXT', '"child"'));
    await expect(resolverAt().resolveTxt('sub.example.com')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    await local.change(zone.id, changeOf('CREATE', 'sub.example.com', 'NS', ...sub.nameServers));
    expect(await resolverAt().resolveTxt('sub.example.com')).toEqual([['child']]);
    const { resolver } = await atServer(0, sub);
    expect(await resolver.resolveTxt('sub.example.com')).toEqual([['child']]);
  });

  it('to name servers that do not serve the zone fails', async () => {
    await local.change(zone.id, changeOf('CREATE', 'lame.example.com', 'NS', 'ns1.nowhere.test'));
    await expect(resolverAt().resolveTxt('lame.example.com')).rejects.toMatchObject({ code: 'ESERVFAIL' });
  });

  it('of one of two zones of a name is what the registrar says', async () => {
    const [first, second] = [await local.createZone('twice.test'), await local.createZone('twice.test')];
    await local.change(second.id, changeOf('CREATE', 'twice.test', 'TXT', '"second"'));
    expect((await resolverAt().resolveNs('twice.test')).sort()).toEqual([...first.nameServers].sort());
    dns.delegate('twice.test', second.nameServers);
    expect(await resolverAt().resolveTxt('twice.test')).toEqual([['second']]);
    dns.delegate('twice.test', ['ns-1.awsdns-00.com']);
    await expect(resolverAt().resolveNs('twice.test')).rejects.toMatchObject({ code: 'ESERVFAIL' });
    dns.delegate('twice.test', []);
    await expect(resolverAt().resolveNs('twice.test')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });
});

/** Without EDNS, and without asking again over TCP. */
async function askOverUdp(name: string): Promise<dnsPacket.DecodedPacket> {
  const socket = createSocket('udp4');
  const query = dnsPacket.encode({ type: 'query', id: 1, questions: [{ type: 'TXT', name }] });
  socket.send(query, dns.port, '127.0.0.1');
  const [bytes] = await once(socket, 'message', { signal: AbortSignal.timeout(2000) });
  socket.close();
  return dnsPacket.decode(bytes);
}
