/** What is asked of a CA, in RFC 8555's and RFC 9773's words. */
const ACTIONS = {
  '/dir': 'directory',
  '/nonce-plz': 'newNonce',
  '/sign-me-up': 'newAccount',
  '/my-account/': 'account',
  '/order-plz': 'newOrder',
  '/my-order/': 'order',
  '/finalize-order/': 'finalize',
  '/authZ/': 'authorization',
  '/chalZ/': 'challenge',
  '/certZ/': 'certificate',
  '/draft-ietf-acme-ari-03/renewalInfo': 'renewalInfo',
} as const;

export type CaAction = (typeof ACTIONS)[keyof typeof ACTIONS] | 'other';

/** Names a request to Pebble by its path. */
export function caActionOf(path: string): CaAction {
  return Object.entries(ACTIONS).find(([start]) => path.startsWith(start))?.[1] ?? 'other';
}
