import { judgeCertificate } from './judge-certificate.ts';
import { judgeHttp } from './judge-http.ts';
import type { LiveFacts, Served, SiteFacts, SiteFinding, SiteResult } from './site-facts.ts';
import { failing, ok, warning } from './site-facts.ts';

/** The findings about one site. One cause that hides several checks is one finding. */
export function judgeSite(facts: SiteFacts, live: LiveFacts): SiteFinding[] {
  return resultsOf(facts, live).map((result) => ({ site: facts.site, ...result }));
}

function resultsOf(facts: SiteFacts, live: LiveFacts): SiteResult[] {
  const { addresses, site } = facts;
  if ('error' in addresses) {
    const seen = `the DNS did not answer for ${site} (${addresses.error})`;
    return [warning('address', seen, 'look again later, and with doctor')];
  }
  if (addresses.length === 0) {
    const seen = `${site} has no A and no AAAA in the public DNS`;
    return [failing('address', seen, 'add one, or take the name out of the certificate')];
  }
  const listed = addresses.join(', ');
  if (facts.served.length === 0) {
    // Nothing is wrong with a name that is meant for IPv6 or a private network.
    return [ok('address', `${listed}, none of them a public IPv4 address, so it cannot be asked from here`)];
  }
  const served = facts.served.filter((one): one is Served => !('error' in one));
  const results = [ok('address', listed), connection(facts)];
  if (served.length === 0) return results;
  return [...results, ...judgeCertificate(served, live), versions(facts), http2(served), ...judgeHttp(facts)];
}

function connection({ served }: SiteFacts): SiteResult {
  const silent = served.flatMap((one) => ('error' in one ? [`${one.address} (${one.error})`] : []));
  if (silent.length === 0) return ok('connection', `${served.length} of ${served.length} answer over TLS`);
  const remedy =
    'let port 443 of the host, its firewall and its security group in, or take the address out of the DNS';
  return failing('connection', `no TLS from ${silent.join(', ')}`, remedy);
}

function versions({ versions: taken }: SiteFacts): SiteResult {
  const none = 'no version of TLS was taken when asked for one by one';
  if (taken.length === 0) return warning('tls-version', none, 'look again later');
  const seen = `offers ${taken.join(', ')}`;
  const old = taken.filter((version) => version === 'TLSv1' || version === 'TLSv1.1').join(' and ');
  if (old === '') return ok('tls-version', seen);
  return warning('tls-version', seen, `leave ${old} out (RFC 8996): ssl_protocols TLSv1.2 TLSv1.3`);
}

function http2(served: readonly Served[]): SiteResult {
  if (served.every(({ protocol }) => protocol === 'h2')) return ok('http2', 'offers HTTP/2');
  const remedy = 'http2 on; in the server block, or http2 after listen … ssl before Nginx 1.25.1';
  return warning('http2', 'does not offer HTTP/2', remedy);
}
