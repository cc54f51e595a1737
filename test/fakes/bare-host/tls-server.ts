import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createSecureContext, createServer, type SecureContext } from 'node:tls';
import type { PemPair } from '../../../local/hosts/self-signed.ts';

/** Something that is served under a name: a lineage of the host, read at each reload, or a certificate of its own. */
type Served = string | PemPair;

/** Serves by name, as Nginx does: files are read when it starts to serve a name, and at a reload, never in between. */
export async function startTlsServer({ root, reloads }: { root: string; reloads: string }) {
  const sites = new Map<string, { served: Served; context: SecureContext }>();
  let seen = countOf(reloads);
  const read = (served: Served) => {
    if (typeof served !== 'string')
      return createSecureContext({ cert: served.fullchain, key: served.privkey });
    const file = (name: string) => readFileSync(join(root, 'live', served, name));
    return createSecureContext({ cert: file('fullchain.pem'), key: file('privkey.pem') });
  };
  const server = createServer({
    SNICallback(name, answer) {
      const count = countOf(reloads);
      if (count !== seen) for (const site of sites.values()) site.context = read(site.served);
      seen = count;
      const site = sites.get(name);
      if (site) answer(null, site.context);
      else answer(new Error('no such name'));
    },
  });
  server.on('tlsClientError', () => {}).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    serve: (name: string, served: Served) => sites.set(name, { served, context: read(served) }),
    forget: (name: string) => sites.delete(name),
    stop: () => server.close(),
  };
}

function countOf(file: string): number {
  try {
    return readFileSync(file).length;
  } catch {
    return 0;
  }
}
