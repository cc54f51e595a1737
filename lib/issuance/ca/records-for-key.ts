import type { ObjectStore } from '../../foundation/bucket/object-store.ts';
import { identifierOf } from '../../foundation/certificate/domain-name.ts';
import { RENEWAL_PREFIX, renewalFilesIn, renewalKey } from '../../foundation/certificate/object-keys.ts';
import { parseRenewalFile } from '../../foundation/certificate/renewal-file.ts';
import type { Stack } from '../../foundation/certificate/stack.ts';
import { describeError } from '../../foundation/common/describe-error.ts';
import type { AccountIssuer } from '../dns/rules/issuer.ts';
import { isPersistent } from '../dns/rules/persist-record.ts';
import { judgePersistRecord } from '../dns/rules/persist-records.ts';
import { casOf } from './rules/ca-list.ts';

export interface RecordsDeps {
  store: Pick<ObjectStore, 'list' | 'get'>;
  stack: Stack;
  /** Hears of files that cannot be read, whose certificates are not renewed either. */
  warn: (message: string) => void;
}

/** The standing records that the certificates of a CA need where this account issues for them. */
export async function recordsForKey(
  { store, stack, warn }: RecordsDeps,
  ca: string,
  issuer: AccountIssuer,
): Promise<{ name: string; value: string }[]> {
  const names: string[] = [];
  for (const file of renewalFilesIn(await store.list(RENEWAL_PREFIX, { deep: true }))) {
    if (!('name' in file)) continue;
    try {
      const text = (await store.get(renewalKey(file.name)))?.body;
      const wanted = text === undefined ? undefined : parseRenewalFile(text, file.name, stack);
      if (wanted && isPersistent(wanted) && casOf(wanted, stack).includes(ca)) names.push(...wanted.names);
    } catch (error) {
      warn(`the standing records of ${file.name} are not known: ${describeError(error).message}`);
    }
  }
  return [...new Set(names.map(identifierOf))].map((identifier) => {
    const { name, value } = judgePersistRecord(
      identifier,
      { values: [] },
      { names, issuer, now: new Date(0) },
    );
    return { name, value };
  });
}
