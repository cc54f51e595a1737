import { sha256 } from '../../../lib/foundation/certificate/leaf.ts';
import type { CsrSubject } from '../../../lib/issuance/ca/certificate-authority.ts';
import type { CaProblem } from '../../../lib/issuance/ca/rules/ended-order.ts';
import { HOUR } from '../engine/durations.ts';
import { publicKeyOf } from '../keys/private-keys.ts';
import { lifetimeOf } from './ca-calendar.ts';
import type { Signer } from './ca-parts.ts';
import type { IssuedCertificate, KeptOrder } from './ca-records.ts';
import { complaintAboutCaa } from './validation.ts';

/** CAA is looked at again where a proof is older (CA/Browser Forum, Baseline Requirements, 3.2.2.8.1). */
const CAA_COUNTS = 7 * HOUR;
export const CAA_AT_FINALIZE = 'an order that CAA ended at finalize';

/** Does what was finalized, or ends the order and says why. */
export function carryOut(ca: Signer, order: KeptOrder, csr: CsrSubject): void {
  const { faults, trace } = ca.parts;
  order.wrong = order.wrong.filter((site) => site !== 'ca.slow-issuance');
  const forbidden = complaintOfCaa(ca, order);
  if (faults.happens('ca.order-fails')) {
    order.wrong.push('ca.order-fails');
    end(order, {
      reason: 'acme-server-internal',
      message: 'Error finalizing order (serverInternal)',
      identifiers: [],
    });
  } else if (forbidden) {
    trace.met(CAA_AT_FINALIZE);
    end(order, forbidden);
  } else issue(ca, order, csr);
}

function end(order: KeptOrder, problem: CaProblem): void {
  order.status = 'invalid';
  order.problem = problem;
}

function complaintOfCaa(ca: Signer, { authorizations }: KeptOrder): CaProblem | undefined {
  for (const url of authorizations) {
    const authorization = ca.authorizations.get(url);
    const { validSince = 0, identifier = '' } = authorization ?? {};
    const isOld = validSince < ca.parts.scheduler.now - CAA_COUNTS;
    const message = authorization && isOld ? complaintAboutCaa(ca, authorization) : undefined;
    if (message !== undefined) return { reason: 'acme-caa', message, identifiers: [identifier] };
  }
  return undefined;
}

/** Signs what was ordered, an hour back as CAs do. */
function issue(ca: Signer, order: KeptOrder, csr: CsrSubject): void {
  const { scheduler, random, faults } = ca.parts;
  // Of no use, and the CA's own doing.
  const isLess = order.names.length > 1 && faults.happens('ca.drops-a-name');
  if (isLess) order.wrong.push('ca.drops-a-name');
  const names = isLess ? order.names.slice(1) : order.names;
  const spki = publicKeyOf(csr.key);
  const notBefore = Math.floor(scheduler.now / 1000) * 1000 - HOUR;
  const notAfter = notBefore + lifetimeOf(order.profile, scheduler.now) - 1000;
  const serial = `03${random.hex(17)}`;
  const dates = { notBefore: new Date(notBefore), notAfter: new Date(notAfter) };
  const leaf = ca.issuer.issue({ spki, names, serial, ...dates });
  const issued: IssuedCertificate = {
    serial,
    certId: ca.issuer.certIdOf(serial),
    names,
    profile: order.profile,
    notBefore,
    notAfter,
    keyFingerprint: sha256(spki),
    account: order.account,
    fullchain: leaf + ca.issuer.certificate,
    otherChain: leaf + ca.issuer.crossSigned,
    issuedAt: scheduler.now,
    timesSpoilt: isLess ? 2 : 0,
  };
  ca.issued.set(issued.certId, issued);
  order.issued = issued;
  order.status = 'valid';
  if (!order.isExempt) ca.limits.issued(order.names, scheduler.now);
  for (const hear of ca.onIssued) hear(issued);
}
