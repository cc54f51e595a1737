import { sha256 } from '../../../lib/foundation/certificate/leaf.ts';
import type { CsrSubject } from '../../../lib/issuance/ca/certificate-authority.ts';
import { HOUR } from '../engine/durations.ts';
import { publicKeyOf } from '../keys/private-keys.ts';
import { lifetimeOf } from './ca-calendar.ts';
import type { Signer } from './ca-parts.ts';
import type { IssuedCertificate, KeptOrder } from './ca-records.ts';

/** Signs what was ordered, an hour back as CAs do. */
export function issue(ca: Signer, order: KeptOrder, csr: CsrSubject): void {
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
