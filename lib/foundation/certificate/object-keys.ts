import { printable } from '../common/explain-issues.ts';
import { InputError } from '../common/input-error.ts';
import { sha256 } from './leaf.ts';
import { LineageName, Version } from './lineage.ts';

export type ArchiveFile = 'cert' | 'chain' | 'fullchain' | 'privkey';
export type LiveFile = ArchiveFile | 'bundle';
export const ARCHIVE_FILES: readonly ArchiveFile[] = ['cert', 'chain', 'fullchain', 'privkey'];
export const LIVE_FILES: readonly LiveFile[] = [...ARCHIVE_FILES, 'bundle'];

export const RENEWAL_PREFIX = 'renewal/';
export const LIVE_PREFIX = 'live/';
export const STATE_PREFIX = 'state/';
export const PENDING_PREFIX = 'pending/';
export const HOSTS_PREFIX = 'hosts/';
export const ACM_PREFIX = 'acm/';
export const REVOKED_PREFIX = 'revoked/';
export const PINS_PREFIX = 'pins/';
export const PROBES_PREFIX = 'probes/';
export const ARCHIVE_PREFIX = 'archive/';
export const ORDERS_PREFIX = 'orders/';
export const LIMITS_PREFIX = 'limits/';
export const isOrderLockKey = (key: string) => /^orders\/[0-9a-f]{64}\.json$/.test(key);
export const GROUPS_PREFIX = 'groups/';
/** The addresses of chats, which are secrets. */
export const CHATS_PREFIX = 'chats/';
/** What only the stack's roles may read, besides `pending/` and `aside/`; resources/bucket-policy.cjs. */
const ACCOUNTS_PREFIX = 'accounts/';

export const STATUS_PAGE_KEY = 'status/index.html';
/** The parts of the page after the first. */
export const STATUS_PARTS_PREFIX = 'status/part-';
export const METRICS_KEY = 'status/metrics.prom';
export const NOTICES_KEY = 'notices/memory.json';

export const INDEX_KEY = 'index.json';
/** Of which format the bucket's objects are. */
export const FORMAT_KEY = 'format.json';

export const renewalKey = (name: string) => `${RENEWAL_PREFIX}${checked(name)}.json`;
export const stateKey = (name: string) => `${STATE_PREFIX}${checked(name)}.json`;

/** What new hosts of a group install; group names are those of the settings, a-z, 0-9 and "-". */
export const groupKey = (group: string) => `${GROUPS_PREFIX}${group}.json`;

/** Names of chats are a-z, 0-9 and "-". */
export const chatKey = (name: string) => `${CHATS_PREFIX}${name}.json`;

/** One object a directory, of which a host may have several: `limits/acme-v02.api.letsencrypt.org-1a2b3c4d.json`. */
export const limitsKey = (directoryUrl: string) => {
  const host = new URL(directoryUrl).host.replace(/[^a-z0-9.-]/gi, '-');
  return `${LIMITS_PREFIX}${host}-${sha256(directoryUrl).slice(0, 8)}.json`;
};

/** What {@link accountKey}, {@link nextAccountKey} and {@link accountContactKey} begin with. */
export const accountKeysPrefix = (directoryUrl: string) =>
  `${ACCOUNTS_PREFIX}keys/${accountId(directoryUrl)}`;
/** Our account at a CA, with its key: `accounts/keys/acme-v02.api.letsencrypt.org-1a2b3c4d.json`. */
export const accountKey = (directoryUrl: string) => `${ACCOUNTS_PREFIX}keys/${accountId(directoryUrl)}.json`;
/** The key that the account is about to get. */
export const nextAccountKey = (directoryUrl: string) =>
  `${ACCOUNTS_PREFIX}keys/${accountId(directoryUrl)}-next.pem`;
/** The contact that was last sent to the CA, once it differs from the account's first. */
export const accountContactKey = (directoryUrl: string) =>
  `${ACCOUNTS_PREFIX}keys/${accountId(directoryUrl)}-contact.json`;
/** The account's address, for those who may not read its key. */
export const accountUrlKey = (directoryUrl: string) => `account-urls/${accountId(directoryUrl)}.json`;
/** The secret of an external account (RFC 8555, 7.3.4); several directories of one host may each have their own. */
export const externalAccountKey = (directoryUrl: string) =>
  `${ACCOUNTS_PREFIX}eab/${accountId(directoryUrl)}.json`;
/** One for all directories of a host, as it was taken over from where older versions kept it. */
export const hostExternalAccountKey = (directoryUrl: string) =>
  `${ACCOUNTS_PREFIX}eab/${hostOf(directoryUrl)}.json`;

/** A directory's host, with what tells it from others at that host; the parameters of before had the same names. */
export const accountId = (directoryUrl: string) =>
  `${hostOf(directoryUrl)}-${sha256(directoryUrl).slice(0, 8)}`;
const hostOf = (directoryUrl: string) => new URL(directoryUrl).hostname.replace(/[^a-z0-9.-]/gi, '-');
export const pendingKey = (name: string) => `${PENDING_PREFIX}${checked(name)}.json`;
export const acmKey = (name: string) => `${ACM_PREFIX}${checked(name)}.json`;
export const revokedKey = (name: string) => `${REVOKED_PREFIX}${checked(name)}.json`;
export const pinKey = (name: string) => `${PINS_PREFIX}${checked(name)}.json`;
export const probeKey = (name: string) => `${PROBES_PREFIX}${checked(name)}.json`;
export const liveKey = (name: string) => `${LIVE_PREFIX}${checked(name)}.json`;
export const liveCopyKey = (name: string, file: LiveFile) => `${LIVE_PREFIX}${checked(name)}/${file}.pem`;

export const copiesPrefix = (name: string) => `${LIVE_PREFIX}${checked(name)}/`;
export const archivePrefix = (name: string) => `${ARCHIVE_PREFIX}${checked(name)}/`;

/** Where an unusable object is moved to: `aside/live/example.com.json.20261120T020000Z`. */
export function asideKey(key: string, now: Date): string {
  return `aside/${key}.${now.toISOString().replace(/[-:]|\.\d+/g, '')}`;
}

export function archiveKey(name: string, version: string, file: ArchiveFile): string {
  if (!Version.safeParse(version).success)
    throw new InputError('bad-version', `"${printable(version)}" is not a version`);
  return `${archivePrefix(name)}${version}/${file}.pem`;
}

const INSTANCE_ID = /^m?i-[0-9a-f]{8,17}$/;

export function hostKey(instanceId: string): string {
  if (!INSTANCE_ID.test(instanceId))
    throw new InputError('bad-instance-id', `"${printable(instanceId)}" is not an instance id`);
  return `${HOSTS_PREFIX}${instanceId}.json`;
}

/** What a listed key names: a lineage, or, as `rejected`, a text that is not a lineage name. */
export type KeyName = { name: string } | { rejected: string; key: string; error: InputError };

/** The lineage name in `renewal/<name>.json`, `live/<name>.json` and so on. */
export function nameIn(key: string, prefix: string): KeyName {
  const name = key.slice(prefix.length).replace(/\.json$/, '');
  if (prefix === RENEWAL_PREFIX && key.startsWith(prefix) && name.includes('/'))
    return { rejected: name, key, error: misplaced(key) };
  const error =
    key.startsWith(prefix) && key.endsWith('.json')
      ? complaintAbout(name, () => printable(key))
      : new InputError('bad-key', `${printable(key)}: give the file a name that ends in .json`);
  return error ? { rejected: name, key, error } : { name };
}

/** The renewal files in a deep list of `renewal/`; a folder that a console made is an object too, and none. */
export function renewalFilesIn(listed: readonly { key: string }[]): KeyName[] {
  const files = listed.filter(({ key }) => !key.endsWith('/'));
  return files.map(({ key }) => nameIn(key, RENEWAL_PREFIX));
}

/** The lineage names in keys below `prefix`; others are skipped. */
export function namesIn(listed: readonly { key: string }[], prefix: string): string[] {
  const found = listed.map(({ key }) => nameIn(key, prefix));
  return found.flatMap((one) => ('name' in one ? one.name : []));
}

/** The instance ids in keys below `hosts/`. */
export function instanceIdsIn(listed: readonly { key: string }[]): string[] {
  return listed.flatMap(({ key }) => {
    const id = key.slice(HOSTS_PREFIX.length, -'.json'.length);
    return INSTANCE_ID.test(id) && hostKey(id) === key ? id : [];
  });
}

function checked(name: string): string {
  const error = complaintAbout(name, () => `certificate name "${printable(name)}"`);
  if (error) throw error;
  return name;
}

function misplaced(key: string): InputError {
  return new InputError('bad-lineage-name', {
    seen: `${printable(key)}: renewal files stand directly below ${RENEWAL_PREFIX}`,
    remedy: `rename it, for example to ${RENEWAL_PREFIX}${printable(key.slice(key.lastIndexOf('/') + 1))}`,
  });
}

function complaintAbout(name: string, where: () => string): InputError | undefined {
  const { error } = LineageName.safeParse(name);
  if (!error) return undefined;
  const seen = `${where()}: the name ${error.issues[0]?.message}`;
  return new InputError('bad-lineage-name', { seen, remedy: 'rename it, for example to example.com' });
}
