import { ARCHIVE_PREFIX, LIVE_PREFIX } from '../certificate/object-keys.ts';
import { once } from '../common/once.ts';
import type { Listed, ListOptions, Reads, StoredObject } from './object-store.ts';

/** What stands below a prefix: directly, and by folder. */
interface Below {
  direct: Listed[];
  folders: Map<string, Listed[]>;
}

/**
 * Lists `archive/` and `live/` once, by pages of 1,000 objects, and answers from that what is asked of a single certificate.
 * Pointers are listed first: a version that one of them names stands in the archive by then.
 */
export class ListedOnce implements Reads {
  readonly #store: Reads;
  readonly #below = once(async (prefix: string): Promise<Below> => {
    if (prefix === ARCHIVE_PREFIX) await this.#below(LIVE_PREFIX);
    return sorted(prefix, await this.#store.list(prefix, { deep: true }));
  });

  constructor(store: Reads) {
    this.#store = store;
  }

  get(key: string): Promise<StoredObject | undefined> {
    return this.#store.get(key);
  }

  async list(prefix: string, { deep = false }: ListOptions = {}): Promise<Listed[]> {
    const whole = [ARCHIVE_PREFIX, LIVE_PREFIX].find((one) => prefix.startsWith(one));
    if (whole === undefined || (deep && prefix === whole)) return this.#store.list(prefix, { deep });
    const { direct, folders } = await this.#below(whole);
    const [folder, ...deeper] = prefix.slice(whole.length).split('/');
    const among = deeper.length > 0 ? (folders.get(folder ?? '') ?? []) : direct;
    const isAsked = ({ key }: Listed) =>
      key.startsWith(prefix) && key !== prefix && (deep || !key.slice(prefix.length).includes('/'));
    return among.filter(isAsked);
  }

  async folders(prefix: string): Promise<string[]> {
    if (prefix !== ARCHIVE_PREFIX) return this.#store.folders(prefix);
    const { folders } = await this.#below(prefix);
    return [...folders.keys()];
  }
}

function sorted(prefix: string, listed: readonly Listed[]): Below {
  const below: Below = { direct: [], folders: new Map() };
  for (const found of listed) {
    const end = found.key.indexOf('/', prefix.length);
    const folder = found.key.slice(prefix.length, end);
    const known = below.folders.get(folder);
    if (end < 0) below.direct.push(found);
    else if (known) known.push(found);
    else below.folders.set(folder, [found]);
  }
  return below;
}
