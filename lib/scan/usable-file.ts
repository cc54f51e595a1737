import type { Reads } from '../foundation/bucket/indexed-reads.ts';
import { identifierOf } from '../foundation/certificate/domain-name.ts';
import { renewalKey } from '../foundation/certificate/object-keys.ts';
import { parseRenewalFile, type Wanted } from '../foundation/certificate/renewal-file.ts';
import type { Stack } from '../foundation/certificate/stack.ts';
import { InputError } from '../foundation/common/input-error.ts';
import { challengeTarget } from '../issuance/dns/challenge-target.ts';
import { DnsError, type Resolver } from '../issuance/dns/resolver.ts';

interface UsableDeps {
  store: Reads;
  resolver: Resolver;
  stack: Stack;
}

/** What a renewal file wants; throws {@link InputError} where it is not there or cannot be used. */
export async function readWanted(
  { store, stack }: Pick<UsableDeps, 'store' | 'stack'>,
  name: string,
): Promise<Wanted> {
  const file = await store.get(renewalKey(name));
  if (file) return parseRenewalFile(file.body, name, stack);
  throw new InputError('renewal-file-missing', {
    seen: `renewal/${name}.json does not exist`,
    remedy: 'put it into the bucket first (see README, "Add a certificate")',
  });
}

/** A proof that could not be written is refused here; a DNS that does not answer is left to `renew`, which remembers it. */
export async function requireTargets(
  { resolver, stack }: Pick<UsableDeps, 'resolver' | 'stack'>,
  { names }: Wanted,
): Promise<void> {
  try {
    await Promise.all(
      [...new Set(names.map(identifierOf))].map((name) => challengeTarget(resolver, name, stack)),
    );
  } catch (error) {
    if (!(error instanceof DnsError)) throw error;
  }
}
