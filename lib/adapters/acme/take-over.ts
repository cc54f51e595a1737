import {
  accountContactKey,
  accountKey,
  hostExternalAccountKey,
  nextAccountKey,
} from '../../foundation/certificate/object-keys.ts';
import {
  accountParameter,
  contactParameter,
  eabParameter,
  nextKeyParameter,
} from '../../issuance/ca/rules/account-parameter.ts';
import type { AccountPlace, AccountReader, EarlierAccounts } from './account-context.ts';

interface Move {
  parameter: string;
  key: string;
  /** The object's text for what the parameter holds. */
  bodyOf(value: string): string;
}

type Earlier = Pick<AccountPlace, 'directoryUrl' | 'settings'>;

/** The account comes last: where it is in the bucket, so is all that it is read with. */
function moves({ directoryUrl, settings: { accountPrefix, eabPrefix } }: Earlier): [...Move[], Move] {
  const bodyOf = (value: string) => value;
  return [
    { parameter: nextKeyParameter(directoryUrl, accountPrefix), key: nextAccountKey(directoryUrl), bodyOf },
    {
      parameter: contactParameter(directoryUrl, accountPrefix),
      key: accountContactKey(directoryUrl),
      bodyOf: (contact) => JSON.stringify({ contact }),
    },
    { parameter: eabParameter(directoryUrl, eabPrefix), key: hostExternalAccountKey(directoryUrl), bodyOf },
    { parameter: accountParameter(directoryUrl, accountPrefix), key: accountKey(directoryUrl), bodyOf },
  ];
}

type Taking = AccountPlace & Required<Pick<AccountPlace, 'earlier' | 'addressOf'>>;

/**
 * Moves what Parameter Store still has of an account into the bucket. Each is written before it is removed, so that a worker may
 * die anywhere and the next one goes on. What the bucket has already counts.
 */
export async function takeOver(
  place: Taking,
  { externalAccount }: { externalAccount: boolean },
): Promise<void> {
  const { earlier, store, directoryUrl } = place;
  const all = moves(place).filter(
    ({ key }) => externalAccount || key !== hostExternalAccountKey(directoryUrl),
  );
  const values = await Promise.all(all.map(({ parameter }) => earlier.get(parameter)));
  for (const [index, { parameter, key, bodyOf }] of all.entries()) {
    const value = values[index];
    if (value === undefined) continue;
    if (key === nextAccountKey(directoryUrl) && (await isDoubtful(place, value))) continue;
    const isKept = await store.create(key, bodyOf(value));
    if (!isKept && key === accountKey(directoryUrl) && !(await keepOtherKey(place, value))) continue;
    await earlier.remove(parameter);
  }
}

/**
 * Whether the next key stays where it is: the bucket has the account, and the CA does not say that the key is the account's. Who
 * may write parameters could put one of his there, for the next rollover to take.
 */
async function isDoubtful({ store, directoryUrl, addressOf }: Taking, next: string): Promise<boolean> {
  const there = await store.get(accountKey(directoryUrl));
  if (!there) return false;
  const { url } = partsOf(there.body);
  return url === undefined || (await addressOf(next).catch(() => undefined)) !== url;
}

/**
 * A function of before, still running, may have ended a rollover that the bucket shows as open or not begun: the key that the CA
 * has for the account is kept as the next one then. Whether nothing is lost with the parameter.
 */
async function keepOtherKey({ store, directoryUrl, addressOf }: Taking, value: string): Promise<boolean> {
  const stored = await store.get(accountKey(directoryUrl));
  const [there, before] = [stored?.body, value].map(partsOf);
  if (before?.key === undefined || before.url !== there?.url || before.key === there?.key) return true;
  if ((await addressOf(before.key)) !== there?.url) return true;
  return (await store.create(nextAccountKey(directoryUrl), before.key)) !== undefined;
}

function partsOf(text: string | undefined): { key?: string; url?: string } {
  try {
    const { key, url } = JSON.parse(text ?? '');
    return typeof key === 'string' ? { key, url } : {};
  } catch {
    return {};
  }
}

/** Reads what is not in the bucket yet where it was before, for a role that may not move it. */
export function readingEarlier(
  place: Earlier & { store: AccountReader; earlier: Pick<EarlierAccounts, 'get'> },
): AccountReader {
  const known = moves(place);
  return {
    get: async (key) => {
      const stored = await place.store.get(key);
      const move = known.find((one) => one.key === key);
      if (stored || !move) return stored;
      const value = await place.earlier.get(move.parameter);
      return value === undefined
        ? undefined
        : { body: move.bodyOf(value), etag: '', modified: new Date(0), at: new Date(0) };
    },
  };
}
