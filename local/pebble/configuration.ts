const HOUR_S = 3600;
const DAY_S = 24 * HOUR_S;

export interface CaOptions {
  /** Seconds of `Retry-After` in answers about authorizations and orders; default 1 and 1. */
  retryAfter?: { authz: number; order: number };
  /** Percentage of requests whose good nonce is refused; default 5. */
  nonceReject?: number;
  /** Percentage of orders that get an authorization already valid; default 50. */
  authzReuse?: number;
  /** What `meta.caaIdentities` says; default `pebble.letsencrypt.org`. The CA does not look at CAA itself. */
  caaIdentities?: string[];
  /** Key in base64url by key identifier; with any, no account is made without one of them (RFC 8555, 7.3.4). */
  externalAccounts?: Record<string, string>;
}

interface Place {
  /** of the directory; management is at 127.0.0.1 */
  address: string;
  listenPort: number;
  managementPort: number;
  certificate: string;
  privateKey: string;
}

/** Pebble's configuration file. Profiles have Let's Encrypt's names and lifetimes (https://letsencrypt.org/docs/profiles/). */
export function pebbleConfiguration(
  place: Place,
  { retryAfter, caaIdentities, externalAccounts }: CaOptions,
): string {
  return JSON.stringify({
    pebble: {
      listenAddress: `${place.address}:${place.listenPort}`,
      managementListenAddress: `127.0.0.1:${place.managementPort}`,
      certificate: place.certificate,
      privateKey: place.privateKey,
      httpPort: 5002,
      tlsPort: 5001,
      retryAfter: retryAfter ?? { authz: 1, order: 1 },
      caaIdentities: caaIdentities ?? ['pebble.letsencrypt.org'],
      keyAlgorithm: 'ecdsa',
      externalAccountBindingRequired: externalAccounts !== undefined,
      externalAccountMACKeys: externalAccounts ?? {},
      profiles: {
        classic: { description: 'The same profile you are accustomed to', validityPeriod: 90 * DAY_S },
        tlsserver: { description: 'A shorter one with less in it', validityPeriod: 45 * DAY_S },
        shortlived: { description: 'Valid for less than a week', validityPeriod: 160 * HOUR_S },
      },
    },
  });
}

/** The settings that Pebble takes from its environment. */
export function pebbleEnvironment({ nonceReject = 5, authzReuse = 50 }: CaOptions): Record<string, string> {
  return {
    PEBBLE_WFE_NONCEREJECT: String(nonceReject),
    PEBBLE_AUTHZREUSE: String(authzReuse),
    // Otherwise each validation sleeps up to 5 s, at random.
    PEBBLE_VA_NOSLEEP: '1',
  };
}
