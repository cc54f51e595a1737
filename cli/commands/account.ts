import pMap from 'p-map';
import type { ObjectStore } from '../../lib/foundation/bucket/object-store.ts';
import { LivePointer } from '../../lib/foundation/certificate/live-pointer.ts';
import {
  accountKey,
  accountUrlKey,
  LIVE_PREFIX,
  liveKey,
  namesIn,
  RENEWAL_PREFIX,
  renewalKey,
} from '../../lib/foundation/certificate/object-keys.ts';
import { RenewalFile } from '../../lib/foundation/certificate/renewal-file.ts';
import { orNone } from '../../lib/foundation/common/parse-json.ts';
import type { AccountFound } from '../../lib/issuance/ca/accounts.ts';
import type { Answer, GlobalOptions } from '../answer.ts';
import { tableOf } from '../output/table.ts';
import { findStack } from '../stack/find-stack.ts';
import { invoke, settingsOf } from '../stack/functions.ts';
import { openBucket, READS_AT_ONCE } from '../stack/open-bucket.ts';
import { StackError } from '../stack/stack-error.ts';

const DAY_MS = 86_400_000;

/** A CAA value that binds a CA to our account, and for which certificate it was written. */
interface Pinned {
  certificate: string;
  name: string;
  value: string;
}

/** Our account at one CA; without `url` there is none yet, and with `trouble` it could not be asked for. */
interface CaAccount extends Partial<Omit<AccountFound, 'ca'>> {
  ca: string;
  /** When the account's key was stored, and how many whole days ago. */
  keyStoredAt?: string;
  keyAgeDays?: number;
  pinned: Pinned[];
  trouble?: string;
}

type Reads = Pick<ObjectStore, 'get' | 'list'>;
type Ask = (ca: string) => Promise<AccountFound>;

/** `perennial-tls account`: our account at each CA; no key is read. */
export async function account({ stage }: GlobalOptions): Promise<Answer> {
  const stack = await findStack(stage);
  const { defaultCa, fallbackCas, cas } = await settingsOf(stack);
  const ask: Ask = (ca) => invoke<AccountFound>(stack, 'account', { account: 'show', ca });
  return accountsFrom(openBucket(stack), { cas: [defaultCa, ...fallbackCas, ...cas], ask }, new Date());
}

export async function accountsFrom(
  store: Reads,
  { cas, ask }: { cas: readonly string[]; ask: Ask },
  now: Date,
): Promise<Answer> {
  const [files, pointers, stored] = await Promise.all([
    readAll(store, RENEWAL_PREFIX, renewalKey, (body) => orNone(body, RenewalFile)),
    readAll(store, LIVE_PREFIX, liveKey, (body) => orNone(body, LivePointer)),
    // Whoever may list sees when a key was stored, and cannot read it.
    store.list('accounts/keys/'),
  ]);
  const wanted = [...files.values()].flatMap((file) => file?.ca ?? []);
  const used = [...pointers.values()].flatMap((pointer) => pointer?.ca ?? []);
  const pinned = [...pointers].flatMap(([certificate, pointer]) =>
    (pointer?.caa ?? []).flatMap(({ name, values }) => values.map((value) => ({ certificate, name, value }))),
  );
  const look = async (ca: string): Promise<CaAccount> => {
    const storedAt = stored.find(({ key }) => key === accountKey(ca))?.modified;
    if (!storedAt && !(await store.get(accountUrlKey(ca)))) return { ca, pinned: [] };
    const keyAge = storedAt && {
      keyStoredAt: storedAt.toISOString(),
      keyAgeDays: Math.floor((now.getTime() - storedAt.getTime()) / DAY_MS),
    };
    try {
      const { ca: _, ...found } = await ask(ca);
      const isBound = ({ value }: Pinned) => /accounturi=([^;"\s]*)/.exec(value)?.[1] === found.url;
      return { ca, ...found, ...keyAge, pinned: pinned.filter(isBound) };
    } catch (error) {
      if (!(error instanceof StackError)) throw error;
      return { ca, ...keyAge, pinned: [], trouble: error.message };
    }
  };
  const accounts = await pMap([...new Set([...cas, ...wanted, ...used])], look, { concurrency: 4 });
  const isWell = ({ trouble, atCa, rolloverOpen }: CaAccount) =>
    trouble === undefined && atCa !== 'not-found' && !rolloverOpen;
  return { ok: accounts.every(isWell), json: { accounts }, text: textOf(accounts) };
}

async function readAll<Parsed>(
  store: Reads,
  prefix: string,
  keyOf: (name: string) => string,
  parse: (body: string | undefined) => Parsed,
): Promise<Map<string, Parsed>> {
  const names = namesIn(await store.list(prefix), prefix);
  const read = async (name: string) => [name, parse((await store.get(keyOf(name)))?.body)] as const;
  return new Map(await pMap(names, read, { concurrency: READS_AT_ONCE }));
}

function textOf(accounts: readonly CaAccount[]): string {
  const rows = accounts.map((one) => [
    one.ca,
    one.url ?? '–',
    one.contact ?? '–',
    one.keyAgeDays === undefined ? '–' : counted(one.keyAgeDays, 'day'),
    one.pinned.length === 0 ? '–' : counted(new Set(one.pinned.map(({ name }) => name)).size, 'name'),
    remarkOf(one),
  ]);
  const lines = accounts.flatMap(({ pinned }) =>
    pinned.map(({ certificate, name, value }) => `CAA at ${name} (${certificate}): ${value}`),
  );
  return [tableOf(['CA', 'account', 'contact', 'key', 'in CAA', 'remark'], rows), ...lines].join('\n');
}

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`;

function remarkOf({ url, atCa, rolloverOpen, trouble }: CaAccount): string {
  if (trouble !== undefined) return trouble;
  if (url === undefined) return 'no account yet; the first order makes it';
  const lost = atCa === 'not-found' ? 'the CA does not know it; the next order registers anew' : '';
  const open = rolloverOpen ? 'a change of its key did not end; send events/account-rollover.json again' : '';
  return [lost, open].filter(Boolean).join('; ');
}
