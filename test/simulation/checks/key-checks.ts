import { HOUR } from '../engine/durations.ts';
import { certificateOf, pointerOf } from '../world/stored.ts';
import type { Parts } from './parts.ts';
import { isWanted } from './pointer-checks.ts';

const NEEDED = ['s3', 'route53', 'dns', 'ca', 'bus'] as const;

/** No compromised key stays live, nor becomes it, whichever version it was revoked with. */
export function checkKeys({ world, breaches, opportunities }: Parts): void {
  const { scheduler } = world;
  const judge = (fingerprint: string, from: number) => {
    const span = { from, until: scheduler.now };
    for (const name of world.files.keys()) {
      const pointer = pointerOf(world, name);
      const live = pointer && certificateOf(world, name, pointer.version);
      if (live?.keyFingerprint !== fingerprint || !isWanted(world, name)) continue;
      if (opportunities.longestClear(name, span, NEEDED) < 30 * HOUR) continue;
      breaches.report('compromised-key-stays', `${name} ${pointer?.version} has a key that is compromised`);
    }
  };
  for (const ca of world.cas)
    ca.onRevoked.push(({ keyFingerprint, reason }) => {
      if (reason !== 'keyCompromise') return;
      const from = scheduler.now;
      scheduler.after(60 * HOUR, 'after a key was compromised', () => judge(keyFingerprint, from));
    });
}
