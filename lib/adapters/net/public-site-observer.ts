import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import { isIPv4 } from 'node:net';
import type { SiteObserver } from '../../delivery/probe/probe.ts';
import { isPublicAddress } from '../../delivery/probe/rules/public-address.ts';
import {
  type HttpAnswer,
  type Served,
  type SiteFacts,
  TLS_VERSIONS,
  type Unseen,
} from '../../delivery/probe/rules/site-facts.ts';
import { DnsResolver } from './node-resolver.ts';
import { limited, shakeHands, type Target, unseen } from './tls-handshake.ts';

export interface ObserverOptions {
  dns: { resolver: string | undefined; port: number };
  /** For tests: also asks addresses that are not public, at these ports instead of 443 and 80. */
  privatePorts: { tls: number; http: number } | undefined;
}

/** Of one name. */
const MAX_ADDRESSES = 4;

/**
 * Observes sites over IPv4, all that a function outside a VPC has. A name may point anywhere, even into the function's own
 * network: it connects to public addresses only, and never looks a name up twice.
 */
export class PublicSiteObserver implements SiteObserver {
  readonly #resolver: DnsResolver;
  readonly #options: ObserverOptions;

  constructor(options: ObserverOptions) {
    this.#options = options;
    // A third try of silent servers would not end within the half minute of a site.
    this.#resolver = new DnsResolver({ ...options.dns, tries: 2 });
  }

  async observe(site: string, signal: AbortSignal): Promise<SiteFacts> {
    const { privatePorts } = this.#options;
    const { tls: port, http } = privatePorts ?? { tls: 443, http: 80 };
    const nothing: Unseen = { error: 'not asked' };
    const seen: Omit<SiteFacts, 'addresses'> = {
      site,
      served: [],
      versions: [],
      plain: nothing,
      secure: nothing,
    };
    const addresses = await this.#resolver.addresses(site).catch(unseen);
    if ('error' in addresses) return { ...seen, addresses };
    const asked = addresses
      .filter((address) => isPublicAddress(address) || (privatePorts && isIPv4(address)))
      .slice(0, MAX_ADDRESSES);
    const served = await Promise.all(asked.map((address) => shakeHands({ address, port, site }, { signal })));
    const answering = served.find((one): one is Served => !('error' in one));
    if (!answering) return { ...seen, addresses, served };
    const target = { address: answering.address, port, site };
    const [taken, plain, secure] = await Promise.all([
      Promise.all(TLS_VERSIONS.map((version) => shakeHands(target, { signal, version }))),
      askHttp({ ...target, port: http }, { scheme: 'http', signal }),
      askHttp(target, { scheme: 'https', signal }),
    ]);
    const versions = TLS_VERSIONS.filter((_, index) => !('error' in (taken[index] ?? nothing)));
    return { site, addresses, served, versions, plain, secure };
  }
}

/** The head of the answer to `GET /`; its body is not read, and no redirect is followed. */
function askHttp(
  { address, port, site }: Target,
  { scheme, signal }: { scheme: 'http' | 'https'; signal: AbortSignal },
): Promise<HttpAnswer | Unseen> {
  return new Promise((resolve) => {
    const options = {
      host: address,
      port,
      headers: { host: site, 'user-agent': 'perennial-probe', connection: 'close' },
      agent: false,
      maxHeaderSize: 16_384,
      signal: limited(signal),
    } as const;
    const asked =
      scheme === 'http'
        ? plainRequest(options)
        : secureRequest({ ...options, servername: site, rejectUnauthorized: false });
    asked
      .once('response', (response) => {
        const { statusCode = 0, headers } = response;
        response.once('error', () => undefined).destroy();
        const { location, 'strict-transport-security': hsts } = headers;
        resolve({ status: statusCode, location, hsts });
      })
      .on('error', (error) => resolve(unseen(error)))
      .end();
  });
}
