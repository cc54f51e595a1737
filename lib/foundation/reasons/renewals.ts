import { rows } from './row.ts';

/** Why a certificate is renewed. */
export const RENEW = {
  ...rows('', 'forced', 'never-issued', 'names-changed', 'key-changed', 'profile-changed'),
  ...rows(['ask doctor what keeps the new certificate from its hosts', 'urgent'], 'revoked'),
  ...rows(['', 'for-age', 'on-schedule'], 'suggested-window', 'expires-soon'),
  ...rows('', 'ca-changed'),
  ...rows(['', 'for-age'], 'life-nearly-over'),
  ...rows('', 'order-open'),
};

/** Defects in the bucket of a certificate that is good. */
export const UPKEEP = {
  ...rows(['', 'copies-doubtful'], 'pointer-lost', 'copies-behind', 'old-versions'),
  ...rows('', 'state-unreadable'),
};

/** A person put a version back that stays live until it is released. */
const PINNED = rows(
  ['release it with restore NAME --release, once what is newer is good', 'harmless'],
  'pinned',
);

/** Repairs without a new certificate. */
export const REPAIR = {
  ...UPKEEP,
  ...rows(['', 'copies-doubtful'], 'left-open'),
  ...rows('', 'hosts-changed', 'caa-drifted', 'outlived', 'released'),
  ...PINNED,
};

/** What an order waits for. */
export const ORDER_LIMIT = rows(['', 'left', 'limited'], 'ca-limited', 'budget-spent');

/** Why nothing is done about a certificate. */
export const WAIT = {
  ...rows(['', 'on-schedule'], 'not-due'),
  ...rows('', 'backing-off', 'orders-per-run'),
  ...PINNED,
};

/** How a renewal ends. */
export const RENEWAL = {
  ...RENEW,
  ...REPAIR,
  ...ORDER_LIMIT,
  ...WAIT,
  ...rows(['', 'left'], 'claimed-elsewhere', 'same-order-in-flight', 'no-longer-due'),
  ...rows(['', 'left', 'without-end'], 'out-of-time'),
  ...rows(['', 'left'], 'key-compromised'),
  ...rows('', 'retired', 'unmanaged'),
  'pin-ended': 'nothing: what is newer is live, or is issued; restore NAME VERSION pins another',
  'not-restorable': 'restore another version, or release the pin with restore NAME --release',
  overdue: 'ask plan why it waits, and doctor what is in the way',
  ...rows('', 'not-confirmed', 'nothing-to-revoke', 'version-missing', 'version-malformed'),
};
