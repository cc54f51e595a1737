import type { LivePointer } from '../../foundation/certificate/live-pointer.ts';
import type { PrivateKeyPem } from '../../foundation/certificate/private-key-pem.ts';
import { TimeLimitError } from '../../foundation/common/poll.ts';
import { isOfKind } from '../../foundation/reasons/reasons.ts';
import {
  AcmeError,
  type CertificateAuthority,
  type Order,
  type OrderRequest,
} from '../ca/certificate-authority.ts';
import { issuedLately, orderLimitFacts } from './gather-facts.ts';
import { keyFor } from './key-for.ts';
import type { BatchDeps, Checked, RenewRun } from './phases.ts';
import { requireOrderAllowed } from './rules/order-limit.ts';

/** Places an order and makes its key; throws HeldBackError where the CA's limits or our budget say not yet. */
export async function orderAnew(
  { authority, deps, signal }: RenewRun,
  renewal: Checked,
): Promise<{ order: Order; key: PrivateKeyPem }> {
  const { wanted, name, live } = renewal;
  if (signal.aborted)
    throw new TimeLimitError('out-of-time', {
      seen: `the function's time ended before ${name} was ordered`,
      remedy: 'the next run does it',
    });
  await requireLeave(deps, renewal);
  const request = { names: wanted.names, profile: wanted.profile };
  const replaces = live && replacedBy(request, live.pointer, authority.directoryUrl);
  const [order, key] = await Promise.all([
    createOrder(authority, { ...request, replaces }),
    keyFor(deps, renewal),
  ]);
  return { order, key };
}

async function requireLeave(
  { store, clock, limits }: BatchDeps,
  { wanted, reason, state, ignoreBudget }: Checked,
): Promise<void> {
  const renewal = { wanted, state, now: clock() };
  const issued = ignoreBudget ? [] : await issuedLately(store, renewal);
  // What is known by now: others of the batch were refused meanwhile.
  const order = { reason, limits: limits.known, issued, ignoreBudget, resumes: false };
  requireOrderAllowed(orderLimitFacts(renewal, order));
}

/** The certId to name as replaced: of the same CA, with a name in common (RFC 9773, 5). */
function replacedBy({ names }: OrderRequest, live: LivePointer, directoryUrl: string): string | undefined {
  const isOfThisCa = live.ca === directoryUrl && live.certId !== '';
  return isOfThisCa && names.some((name) => live.names.includes(name)) ? live.certId : undefined;
}

/** That an order replaces a certificate is a hint; refused for it, it is placed once more without. */
async function createOrder(authority: CertificateAuthority, request: OrderRequest): Promise<Order> {
  try {
    return await authority.createOrder(request);
  } catch (error) {
    if (request.replaces === undefined || !isAgainstReplaces(error)) throw error;
    return authority.createOrder({ ...request, replaces: undefined });
  }
}

/**
 * Replaced already, not known here, or of another account (RFC 9773, 5 and 7.4). A CA that lost its memory may call the
 * unknown certificate its own error.
 */
function isAgainstReplaces(error: unknown): boolean {
  if (!(error instanceof AcmeError)) return false;
  if (isOfKind(error.reason, 'against-replaces')) return true;
  return error.reason === 'acme-server-internal' && error.message.includes('given certificate');
}
