import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { openAuthority } from '../../lib/adapters/acme/accounts.ts';
import { nodeRuntime } from '../../lib/adapters/node/runtime.ts';
import { type CertificateFacts, verifyIssued } from '../../lib/foundation/certificate/verify-issued.ts';
import type { CertificateAuthority, OrderRequest } from '../../lib/issuance/ca/certificate-authority.ts';
import { type Pebble, startPebble } from '../../local/pebble/start.ts';
import { makeRunDir } from '../../local/run-dir.ts';
import { ensureSetup } from '../../local/setup.ts';
import { MemoryStore } from '../fakes/memory-store.ts';

export interface Ca {
  pebble: Pebble;
  authority: CertificateAuthority;
}

/** A CA that believes every proof, and an account there. This process trusts its HTTPS from now on. */
export async function startCa(env: Record<string, string> = {}): Promise<Ca> {
  const [setup, dir] = await Promise.all([ensureSetup(), makeRunDir()]);
  const pebble = await startPebble({
    pebble: setup.pebble,
    dnsServer: '127.0.0.1:1',
    dir: join(dir, 'pebble'),
    retryAfter: { authz: 0, order: 0 },
    env: { PEBBLE_VA_ALWAYS_VALID: '1', ...env },
  });
  setDefaultCACertificates([...getCACertificates('default'), await readFile(pebble.tlsCaFile, 'utf8')]);
  return { pebble, authority: await accountAt(pebble.directoryUrl) };
}

/** A new account at a CA. */
export function accountAt(directoryUrl: string): Promise<CertificateAuthority> {
  return openAuthority(directoryUrl, {
    store: new MemoryStore(),
    settings: {
      accountPrefix: '/test',
      eabPrefix: '/eab',
      contact: 'you@example.com',
      agreeToTerms: true,
      caaIdentity: undefined,
    },
  });
}

/** A certificate of the CA, with all its chains when `alternates` is said. */
export async function issue(
  { authority }: Ca,
  request: OrderRequest,
  options?: { alternates: boolean },
): Promise<CertificateFacts & { chains: [string, ...string[]] }> {
  const key = await nodeRuntime.newKey('ecdsa-p256');
  const again = async (url: string) => {
    await sleep(20);
    return authority.order(url);
  };
  let order = await authority.createOrder({ profile: 'classic', ...request });
  for (const url of order.authorizations) {
    const { challenge, status } = await authority.authorization(url);
    if (challenge && status === 'pending') await authority.answerChallenge(challenge.url);
  }
  while (order.status === 'pending') order = await again(order.url);
  await authority.finalize(order, { key, names: request.names });
  while (order.status !== 'valid') order = await again(order.url);
  const chains = await authority.certificate(order, options);
  const { facts } = verifyIssued(chains[0], { key, names: request.names, now: new Date(Date.now() + 1_000) });
  return { chains, ...facts };
}
