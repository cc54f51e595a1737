const OCTET = String.raw`(?:\d|[1-9]\d|1\d\d|2[0-4]\d|25[0-5])`;
const HOST = String.raw`(?:${OCTET}(?:\.${OCTET}){3}|(?:[a-z0-9_-]+\.)*[a-z][a-z0-9_-]*)`;
const PORT = String.raw`(?::(?!443/)(?:[1-9]\d{0,3}|[1-5]\d{4}|6[0-4]\d{3}|65[0-4]\d\d|655[0-2]\d|6553[0-5]))?`;
const SEGMENT = String.raw`/(?!\.{1,2}(?:[/?]|$))[A-Za-z0-9._~!$&()*+;=:@-]*`;

/**
 * The address of an ACME directory in its one canonical form (WHATWG URL Standard): https, no user, a lower-case host, no port
 * 443, no dot segments. Accounts, limits and locks are kept by it, so that no two texts may mean one directory.
 */
export const DIRECTORY_URL = new RegExp(
  String.raw`^https://(?!\S*xn--)${HOST}${PORT}(?:${SEGMENT})+(?:\?[A-Za-z0-9._~&=-]+)?$`,
);

export const DIRECTORY_COMPLAINT =
  'must be the https address of an ACME directory, without a user, and as in https://acme-v02.api.letsencrypt.org/directory';
