import {
  ACM_PREFIX,
  ARCHIVE_PREFIX,
  HOSTS_PREFIX,
  instanceIdsIn,
  isOrderLockKey,
  LIMITS_PREFIX,
  LIVE_PREFIX,
  nameIn,
  ORDERS_PREFIX,
  PENDING_PREFIX,
  PINS_PREFIX,
  PROBES_PREFIX,
  REVOKED_PREFIX,
  STATE_PREFIX,
} from './object-keys.ts';

/** Whether a key that stands directly below a prefix is one of ours, by prefix. */
type OwnKeys = Readonly<Record<string, (key: string) => boolean>>;

const named = (...prefixes: string[]): OwnKeys =>
  Object.fromEntries(prefixes.map((prefix) => [prefix, (key: string) => 'name' in nameIn(key, prefix)]));

/** Each check lists them; `renewal/` is looked through file by file. */
export const LISTED_KEYS: OwnKeys = {
  ...named(STATE_PREFIX, LIVE_PREFIX, PENDING_PREFIX, REVOKED_PREFIX, PINS_PREFIX),
  [HOSTS_PREFIX]: (key) => instanceIdsIn([{ key }]).length > 0,
  ...named(ACM_PREFIX),
  [ORDERS_PREFIX]: isOrderLockKey,
};

/** Only a sweep lists them. */
export const SWEPT_KEYS: OwnKeys = {
  [ARCHIVE_PREFIX]: () => false,
  [LIMITS_PREFIX]: (key) => /^limits\/[a-z0-9.-]+\.json$/i.test(key),
  ...named(PROBES_PREFIX),
};

/** Whether only a sweep finds it there: that another check does not name it says nothing. */
export function isSweptOnly(key: string): boolean {
  return Object.keys(SWEPT_KEYS).some((prefix) => key.startsWith(prefix));
}
