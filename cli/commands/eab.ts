import { text as textOf } from 'node:stream/consumers';
import type { ObjectStore } from '../../lib/foundation/bucket/object-store.ts';
import { DIRECTORY_COMPLAINT, DIRECTORY_URL } from '../../lib/foundation/certificate/directory-url.ts';
import { externalAccountKey } from '../../lib/foundation/certificate/object-keys.ts';
import { explainIssues, printable } from '../../lib/foundation/common/explain-issues.ts';
import { ExternalAccount } from '../../lib/issuance/ca/rules/external-account.ts';
import type { Answer, GlobalOptions } from '../answer.ts';
import { CommandError } from '../command-error.ts';
import { findStack } from '../stack/find-stack.ts';
import { settingsOf } from '../stack/functions.ts';
import { openBucket } from '../stack/open-bucket.ts';

export interface EabOptions extends GlobalOptions {
  ca?: string;
}

type Input = NodeJS.ReadableStream & { isTTY?: boolean };

/** `perennial-tls eab`: puts the secret of an external account, read from standard input, where only the stack reads it. */
export async function eab(kid: string, { ca, stage }: EabOptions): Promise<Answer> {
  if (ca !== undefined) requireDirectory(ca);
  const external = await readSecret(kid, process.stdin);
  const stack = await findStack(stage);
  return putExternalAccount(openBucket(stack), ca ?? (await settingsOf(stack)).defaultCa, external);
}

/** The HMAC key is no argument: those are seen by every program of the machine, and kept by shells. */
export async function readSecret(kid: string, input: Input): Promise<ExternalAccount> {
  if (input.isTTY)
    throw new CommandError('secret-missing', {
      seen: 'the HMAC key is read from standard input',
      remedy: 'give it from a file: perennial-tls eab KID < FILE',
    });
  const hmacKey = (await textOf(input)).trim();
  const { success, data, error } = ExternalAccount.safeParse({ kid, hmacKey });
  if (success) return data;
  throw new CommandError('external-account-malformed', {
    seen: explainIssues(error),
    remedy: 'give the key identifier as argument, and on standard input nothing but the HMAC key',
  });
}

/** The last one put counts; it cannot be read back from here. */
export async function putExternalAccount(
  store: Pick<ObjectStore, 'put'>,
  directoryUrl: string,
  external: ExternalAccount,
): Promise<Answer> {
  const key = externalAccountKey(directoryUrl);
  await store.put(key, JSON.stringify(external));
  return {
    ok: true,
    json: { written: key, ca: directoryUrl, kid: external.kid },
    text: `wrote ${key} with the key identifier ${external.kid}; the first order at ${directoryUrl} makes the account with it`,
  };
}

function requireDirectory(ca: string): void {
  if (DIRECTORY_URL.test(ca)) return;
  throw new CommandError('ca-invalid', `--ca "${printable(ca)}" ${DIRECTORY_COMPLAINT}`);
}
