import { HOUR } from '../engine/durations.ts';
import type { Ca } from '../services/ca.ts';
import type { IssuedCertificate } from '../services/ca-records.ts';
import { certificateOf, pointerOf } from '../world/stored.ts';
import { sinceHeard } from './ca-outages.ts';
import type { Parts } from './parts.ts';
import { isWanted, JUDGED_AFTER } from './pointer-checks.ts';

const NEEDED = ['s3', 'route53', 'dns', 'ca', 'bus'] as const;

/** No compromised key stays live, nor becomes it, whichever version it was revoked with. */
export function checkKeys({ world, breaches, opportunities }: Parts): void {
  const { scheduler } = world;
  const judge = (ca: Ca, revoked: IssuedCertificate) => {
    const { keyFingerprint: fingerprint } = revoked;
    const span = sinceHeard(revoked, ca);
    for (const name of world.files.keys()) {
      const pointer = pointerOf(world, name);
      const live = pointer && certificateOf(world, name, pointer.version);
      if (live?.keyFingerprint !== fingerprint || !isWanted(world, name)) continue;
      // What was reported to a CA, no other one knows.
      if (!world.saidCompromised.has(fingerprint) && !ca.issued.has(pointer?.certId ?? '')) continue;
      if (opportunities.longestClear(name, span, NEEDED) < 30 * HOUR) continue;
      breaches.report('compromised-key-stays', `${name} ${pointer?.version} has a key that is compromised`);
    }
  };
  for (const ca of world.cas)
    ca.onRevoked.push((revoked) => {
      if (revoked.reason !== 'keyCompromise') return;
      for (const after of JUDGED_AFTER)
        scheduler.after(after, 'after a key was compromised', () => judge(ca, revoked));
    });
}
