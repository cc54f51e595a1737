import { CertificateError, verifyIssued } from '../../core/certificate.ts';
import { isForAge } from '../../core/decide-renewal.ts';
import { AcmeError, type Order } from '../../ports/certificate-authority.ts';
import type { Finalized, Ordered, RenewRun } from './context.ts';
import { settle } from './prove.ts';

/** Has the certificate issued for the key that is already saved, and believes the CA only what can be checked. */
export async function finalize(run: RenewRun, renewal: Ordered): Promise<Finalized> {
  const { wanted, key } = renewal;
  const order = await issue(run, renewal);
  const fullchain = await run.authority.certificate(order);
  const issued = verifyIssued(fullchain, { key, names: wanted.names, now: run.deps.clock() });
  requireLonger(renewal, issued.facts.notAfter);
  return { ...renewal, order, issued };
}

/** Where only age was the reason, a certificate that ends no later than the live one helps nobody. */
function requireLonger({ live, reason }: Ordered, notAfter: Date): void {
  if (!live || !isForAge(reason) || notAfter > new Date(live.pointer.notAfter)) return;
  const message = `the new certificate expires at ${notAfter.toISOString()}, no later than the live one`;
  throw new CertificateError('expires-earlier', message);
}

async function issue(run: RenewRun, { name, order, key, wanted }: Ordered): Promise<Order> {
  const finalized =
    order.status === 'ready' ? await run.authority.finalize(order, { key, names: wanted.names }) : order;
  const settled = await settle(run, finalized, 'processing');
  if (settled.status === 'valid') return settled;
  throw new AcmeError('order-not-valid', `order ${order.url} for ${name} ended as ${settled.status}`);
}
