import { failing, ok, type SiteFinding, type SiteResult, warning } from './finding.ts';
import { judgeCertificate } from './judge-certificate.ts';
import { judgeHttp } from './judge-http.ts';
import type { LiveFacts, Served, SiteFacts } from './site-facts.ts';

/** All that is to be said of one name, seen from outside. What cannot be seen for one reason is said once. */
export function judgeSite(facts: SiteFacts, live: LiveFacts): SiteFinding[] {
  return resultsOf(facts, live).map((result) => ({ site: facts.site, ...result }));
}

function resultsOf(facts: SiteFacts, live: LiveFacts): SiteResult[] {
  const { addresses, site } = facts;
  if ('error' in addresses)
    return [
      warning(
        'address',
        `the DNS did not answer for ${site} (${addresses.error})`,
        'look again later, and with doctor',
      ),
    ];
  if (addresses.length === 0)
    return [
      failing(
        'address',
        `${site} has no A and no AAAA in the public DNS`,
        'add one, or take the name out of the certificate',
      ),
    ];
  const listed = addresses.join(', ');
  if (facts.served.length === 0)
    return [
      warning(
        'address',
        `${site} has ${listed}, none of them a public IPv4 address`,
        'nothing to do for a name that is meant for IPv6 or a private network: it cannot be asked from here',
      ),
    ];
  const served = facts.served.filter((one): one is Served => !('error' in one));
  const silent = facts.served.flatMap((one) => ('error' in one ? [`${one.address} (${one.error})`] : []));
  const results = [ok('address', listed)];
  if (silent.length > 0)
    results.push(
      failing(
        'connection',
        `no TLS from ${silent.join(', ')}`,
        'let port 443 of the host, its firewall and its security group in, or take the address out of the DNS',
      ),
    );
  else results.push(ok('connection', `${served.length} of ${served.length} answer over TLS`));
  if (served.length === 0) return results;
  return [...results, ...judgeCertificate(served, live), versions(facts), http2(served), ...judgeHttp(facts)];
}

function versions({ versions: taken }: SiteFacts): SiteResult {
  const seen = taken.join(', ') || 'none';
  const old = taken.filter((version) => version === 'TLSv1' || version === 'TLSv1.1');
  if (old.length > 0)
    return warning(
      'tls-version',
      `offers ${seen}`,
      `leave ${old.join(' and ')} out (RFC 8996): ssl_protocols TLSv1.2 TLSv1.3`,
    );
  if (taken.length === 0)
    return warning(
      'tls-version',
      'no version of TLS was taken when asked for one by one',
      'look again later',
    );
  return ok('tls-version', `offers ${seen}`);
}

function http2(served: readonly Served[]): SiteResult {
  if (served.every(({ protocol }) => protocol === 'h2')) return ok('http2', 'offers HTTP/2');
  return warning(
    'http2',
    'does not offer HTTP/2',
    'http2 on; in the server block, or http2 after listen … ssl before Nginx 1.25.1',
  );
}
