import {
  ACM_PREFIX,
  HOSTS_PREFIX,
  instanceIdsIn,
  LIVE_PREFIX,
  nameIn,
  PENDING_PREFIX,
  PINS_PREFIX,
  REVOKED_PREFIX,
  STATE_PREFIX,
} from '../certificate/object-keys.ts';
import { printable } from '../common/explain-issues.ts';
import { InputError } from '../common/input-error.ts';
import type { Reads } from './object-store.ts';

/** Each check lists them; `renewal/` is looked through file by file. */
const PREFIXES = [
  STATE_PREFIX,
  LIVE_PREFIX,
  PENDING_PREFIX,
  REVOKED_PREFIX,
  PINS_PREFIX,
  HOSTS_PREFIX,
  ACM_PREFIX,
];

interface Stray {
  /** Its key, safe to print. */
  name: string;
  error: InputError;
}

/** Objects with keys that are none of ours, such as a synchronized folder brings. They are in nobody's way. */
export async function findStrays(store: Pick<Reads, 'list'>): Promise<Stray[]> {
  const found = PREFIXES.map(async (prefix) =>
    (await store.list(prefix)).filter(({ key }) => !isOurs(key, prefix)),
  );
  return (await Promise.all(found)).flat().map(({ key }) => {
    const name = printable(key);
    const seen = `${name} is no object of this stack`;
    const error = new InputError('stray-object', {
      seen,
      remedy: 'remove it, or upload it where it belongs',
    });
    return { name, error };
  });
}

function isOurs(key: string, prefix: string): boolean {
  return prefix === HOSTS_PREFIX ? instanceIdsIn([{ key }]).length > 0 : 'name' in nameIn(key, prefix);
}
