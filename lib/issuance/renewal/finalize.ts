import { CertificateError, type Issued, verifyIssued } from '../../foundation/certificate/verify-issued.ts';
import { isOfKind } from '../../foundation/reasons/reasons.ts';
import { AcmeError, type CsrSubject, type Order } from '../ca/certificate-authority.ts';
import { chooseChain } from '../ca/rules/preferred-chain.ts';
import { settle } from './await-order.ts';
import type { Finalized, Ordered, RenewRun } from './phases.ts';
import { invalidOrder } from './prove.ts';
import { withNewKey } from './refused-key.ts';
import { requireSoundKey } from './require-sound-key.ts';

/** Has the certificate issued for the recorded key, and verifies what the CA returns. */
export async function finalize(run: RenewRun, ordered: Ordered): Promise<Finalized> {
  const renewal = await issue(run, ordered);
  await renewal.claim.countAnew();
  const issued = await verify(run, renewal, await download(run, renewal));
  requireLonger(renewal, issued.facts.notAfter);
  return { ...renewal, issued };
}

/** The certificate with the preferred chain if the CA offers it, else with the CA's default chain. */
async function download({ authority, deps }: RenewRun, { name, wanted, order }: Ordered): Promise<string> {
  const { preferredChain } = wanted;
  const chains = await authority.certificate(order, { alternates: preferredChain !== undefined });
  const { chain, offeredInstead } = chooseChain(chains, preferredChain);
  if (offeredInstead)
    deps.warn(
      `preferred-chain-missing: ${name}: the CA offers no chain to "${preferredChain}", only to ${offeredInstead.join(', ')}`,
    );
  return chain;
}

async function verify(run: RenewRun, { wanted, key, claim }: Ordered, fullchain: string): Promise<Issued> {
  try {
    return verifyIssued(fullchain, { key, names: wanted.names, now: run.deps.clock() });
  } catch (error) {
    // The CA shared the order with another certificate, whose key was used: this one will never get its certificate from it.
    if (error instanceof CertificateError && error.reason === 'key-mismatch')
      await claim.record({ order: undefined });
    throw error;
  }
}

/**
 * When age is the only reason, a certificate that expires no later than the live one is useless. Whoever issues shorter lives
 * than before may still suggest one early, because it is about to revoke the live one (RFC 9773, 4.1).
 */
function requireLonger({ live, reason }: Ordered, notAfter: Date): void {
  if (!live || reason === 'suggested-window' || !isOfKind(reason, 'for-age')) return;
  if (notAfter > new Date(live.pointer.notAfter)) return;
  const message = `the new certificate expires at ${notAfter.toISOString()}, no later than the live one`;
  throw new CertificateError('expires-earlier', message);
}

/** The renewal with its order carried out, and with the key that the CA took. */
async function issue(run: RenewRun, renewal: Ordered): Promise<Ordered> {
  const finalized = renewal.order.status === 'ready' ? await finalizeReady(run, renewal) : renewal;
  const order = await settle(run, finalized.order, { while: 'processing' });
  if (order.status !== 'valid') throw await invalidOrder(run, finalized, order);
  return { ...finalized, order };
}

async function finalizeReady(run: RenewRun, renewal: Ordered): Promise<Ordered> {
  await requireSoundKey(run, renewal);
  const { key, wanted } = renewal;
  try {
    return { ...renewal, order: await finalizeOnce(run, renewal.order, { key, names: wanted.names }) };
  } catch (error) {
    return finalizeReady(run, await withNewKey(run, renewal, error));
  }
}

/** If the answer to an earlier finalize was lost, or another worker sent one, the order shows the result. */
async function finalizeOnce({ authority }: RenewRun, order: Order, csr: CsrSubject): Promise<Order> {
  try {
    return await authority.finalize(order, csr);
  } catch (error) {
    if (!(error instanceof AcmeError) || error.reason !== 'acme-order-not-ready') throw error;
    const current = await authority.order(order.url);
    if (current.status === 'ready') throw error;
    return current;
  }
}
