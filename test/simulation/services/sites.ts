import type { SiteObserver } from '../../../lib/delivery/probe/probe.ts';
import type { Calls } from '../engine/calls.ts';
import type { Invocation } from '../engine/invocation.ts';

export interface ServedSite {
  serial: string;
  notBefore: number;
  notAfter: number;
}

/** Sites as they are seen from outside; what a host serves is looked up by the site's name. */
export function sitesFor(
  invocation: Invocation,
  { servedAt, calls }: { servedAt: (site: string) => readonly ServedSite[]; calls: Calls },
): SiteObserver {
  return {
    observe: (site) =>
      calls
        .make(invocation, {
          port: 'dns',
          what: `site ${site}`,
          effect: () => seenOf(site, servedAt(site)),
          trouble: () => new Error('unreachable'),
          latencyMs: 300,
        })
        .catch(() => ({
          site,
          addresses: { error: 'ESERVFAIL' },
          served: [],
          versions: [],
          plain: { error: 'ESERVFAIL' },
          secure: { error: 'ESERVFAIL' },
        })),
  };
}

function seenOf(site: string, served: readonly ServedSite[]) {
  const addressed = served.map((one, index) => ({ ...one, address: `203.0.113.${index + 1}` }));
  return {
    site,
    addresses: addressed.map(({ address }) => address),
    served: addressed.map(({ address, serial, notBefore, notAfter }) => ({
      address,
      serial: serial.replace(/^0+/, ''),
      notBefore: new Date(notBefore),
      notAfter: new Date(notAfter),
      untrusted: undefined,
      protocol: 'h2',
    })),
    versions: ['TLSv1.2' as const, 'TLSv1.3' as const],
    plain: { status: 301, location: `https://${site}/`, hsts: undefined },
    secure: { status: 200, location: undefined, hsts: 'max-age=31536000' },
  };
}
