import { LISTED_KEYS, SWEPT_KEYS } from '../certificate/own-keys.ts';
import { printable } from '../common/explain-issues.ts';
import { InputError } from '../common/input-error.ts';
import type { Reads } from './object-store.ts';

interface Stray {
  /** Its key, safe to print. */
  name: string;
  error: InputError;
}

/** Objects with keys that are none of ours, such as a synchronized folder brings. They are in nobody's way. */
export async function findStrays(
  store: Pick<Reads, 'list'>,
  { sweeps = false }: { sweeps?: boolean } = {},
): Promise<Stray[]> {
  const found = Object.entries({ ...LISTED_KEYS, ...(sweeps && SWEPT_KEYS) }).map(async ([prefix, isOurs]) =>
    (await store.list(prefix)).filter(({ key }) => !isOurs(key)),
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
