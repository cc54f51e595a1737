import { RENEWAL_PREFIX } from '../../../lib/foundation/certificate/object-keys.ts';
import { faultsOf } from './carried.ts';
import type { Parts } from './parts.ts';

/** What each check lists. */
const LISTED = /^(renewal|pending|state|live|hosts|acm|revoked|pins|orders)\//;
/** What only a sweep does. */
const SWEPT = /^(archive|limits|probes)\//;

/** Each check names the objects that nobody can use, unless a fault befell it; that people hear of what it names is judged elsewhere. */
export function checkStrays({ world, breaches }: Pick<Parts, 'world' | 'breaches'>): void {
  const since = new Map<string, number>();
  world.bucket.onChange.push(({ key, after }) => {
    if (!world.strays.has(key) && after?.body !== 'stray') return;
    if (!after) since.delete(key);
    else if (!since.has(key)) since.set(key, world.scheduler.now);
  });
  world.bus.onFact.push((fact, by) => {
    if (fact.type !== 'Certificates Checked' || !by || faultsOf(by).length > 0) return;
    const { start, at, rejected } = fact.detail;
    const named = new Set(rejected.items.map(({ name }) => name));
    for (const [key, put] of since) {
      const isSeen = LISTED.test(key) || (start === 'weekly-sweep' && SWEPT.test(key));
      if (isSeen && put < Date.parse(at) && !named.has(nameOf(key)))
        breaches.report('stray-not-named', `${key} is there since ${new Date(put).toISOString()}`);
    }
  });
}

const nameOf = (key: string) =>
  key.startsWith(RENEWAL_PREFIX) ? key.slice(RENEWAL_PREFIX.length).replace(/\.json$/, '') : key;
