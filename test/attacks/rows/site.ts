import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { decode, encode } from 'dns-packet';
import { PublicSiteObserver } from '../../../lib/adapters/net/public-site-observer.ts';
import { createAuthority } from '../../integration/certificate-authority.ts';
import type { Attack } from '../attack.ts';

const NEVER = new AbortController().signal;

interface Site {
  /** looks as the function does, at the two ports on this machine */
  look(): ReturnType<PublicSiteObserver['observe']>;
  /** looks as the function does where only public addresses are asked */
  lookInPublic(): ReturnType<PublicSiteObserver['observe']>;
  /** connections that were taken where nothing may connect */
  trapped(): number;
  lookups(): number;
}

/** A site on this machine: what it answers over TLS and without; `addresses` is what its name leads to. */
async function onSite(
  {
    tls,
    plain,
    addresses = ['127.0.0.1'],
  }: { tls?: (socket: Socket) => void; plain?: (socket: Socket) => void; addresses?: string[] },
  attack: (site: Site, trapPort: number) => Promise<string>,
): Promise<string> {
  const { fullchain, privkey } = await (await createAuthority()).issue({ names: ['site.example'] });
  let trapped = 0;
  let lookups = 0;
  const sockets = new Set<Socket>();
  const keep = (then?: (socket: Socket) => void) => (socket: Socket) => {
    sockets.add(socket.on('error', () => undefined));
    then?.(socket);
  };
  const servers = [
    createTlsServer({ cert: fullchain, key: privkey })
      .on('secureConnection', keep(tls))
      .on('connection', keep()),
    createServer(keep(plain)),
    createServer(
      keep(() => {
        trapped += 1;
      }),
    ),
  ];
  for (const server of servers)
    await once(server.on('tlsClientError', () => undefined).listen(0, '127.0.0.1'), 'listening');
  const [tlsPort = 0, http = 0, trap = 0] = servers.map((server) => (server.address() as AddressInfo).port);
  const dns = createSocket('udp4');
  dns.on('message', (message, { port, address }) => {
    const { id, questions = [] } = decode(message);
    const [{ name = '', type = '' } = {}] = questions;
    lookups += type === 'A' ? 1 : 0;
    const answers = type === 'A' ? addresses.map((data) => ({ type: 'A' as const, name, ttl: 0, data })) : [];
    dns.send(encode({ type: 'response', id, questions, answers }), port, address);
  });
  dns.bind(0, '127.0.0.1');
  await once(dns, 'listening');
  const observer = (privatePorts: { tls: number; http: number } | undefined) =>
    new PublicSiteObserver({ dns: { resolver: '127.0.0.1', port: dns.address().port }, privatePorts });
  const site: Site = {
    look: () => observer({ tls: tlsPort, http }).observe('site.example', NEVER),
    lookInPublic: () => observer(undefined).observe('site.example', NEVER),
    trapped: () => trapped,
    lookups: () => lookups,
  };
  try {
    return await attack(site, trap);
  } finally {
    for (const socket of sockets) socket.destroy();
    for (const server of servers) server.close();
    dns.close();
  }
}

const endless = (socket: Socket) => {
  const pour = () => {
    while (!socket.destroyed && socket.write('x'.repeat(65_536)));
  };
  socket.on('drain', pour);
  pour();
};

export const SITE: readonly Attack[] = [
  {
    tried: 'redirects to an address that only the function can reach',
    must: 'the redirect is told, and not followed',
    quick: true,
    run: async () => {
      let trap = 0;
      const redirect = (socket: Socket) =>
        void socket.end(`HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:${trap}/latest/meta-data\r\n\r\n`);
      return onSite({ tls: redirect, plain: redirect }, async ({ look, trapped }, trapPort) => {
        trap = trapPort;
        const { plain } = await look();
        assert.match(JSON.stringify(plain), /latest\/meta-data/);
        assert.equal(trapped(), 0);
        return 'not followed';
      });
    },
  },
  {
    tried: 'leads its name to loopback, link-local, private and shared addresses, as IPv4 and as IPv6',
    must: 'nothing is connected to',
    quick: true,
    run: () =>
      onSite(
        { addresses: ['127.0.0.1', '169.254.169.254', '10.0.0.1', '100.64.0.1', '192.168.0.1', '0.0.0.0'] },
        async ({ lookInPublic, trapped }) => {
          assert.deepEqual((await lookInPublic()).served, []);
          assert.equal(trapped(), 0);
          return 'none asked';
        },
      ),
  },
  {
    tried: 'gives another address at the second look-up',
    must: 'a name is looked up once; who connects has the address',
    quick: true,
    run: () =>
      onSite({}, async ({ look, lookups }) => {
        await look();
        assert.equal(lookups(), 1);
        return 'one look-up';
      }),
  },
  {
    tried: 'answers without end, with headers of a megabyte, and with what is no HTTP',
    must: 'cut or given up within the seconds of a look; what was seen is told',
    quick: true,
    run: async () => {
      for (const answer of [
        endless,
        (socket: Socket) => void socket.write(`HTTP/1.1 200 OK\r\nX: ${'y'.repeat(1_000_000)}\r\n\r\n`),
        (socket: Socket) => void socket.end('SSH-2.0-OpenSSH\r\n'),
      ]) {
        const begun = performance.now();
        await onSite({ tls: answer, plain: answer }, async ({ look }) => {
          const { plain, secure } = await look();
          assert.ok('error' in plain && 'error' in secure, JSON.stringify({ plain, secure }).slice(0, 200));
          return '';
        });
        assert.ok(performance.now() - begun < 30_000, `${performance.now() - begun} ms`);
      }
      return '3 given up';
    },
  },
];
