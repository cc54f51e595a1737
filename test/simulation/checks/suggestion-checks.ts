import { isOfKind } from '../../../lib/foundation/reasons/reasons.ts';
import { suggestedWindow, type Window } from '../services/ca-calendar.ts';
import type { IssuedCertificate } from '../services/ca-records.ts';
import { certificateOf, parsePointer } from '../world/stored.ts';
import type { Parts } from './parts.ts';

/** Fewer renewals say nothing of a share. */
const ENOUGH = 50;
const LEAST_INSIDE = 0.9;
const NEEDED = ['s3', 'route53', 'dns', 'ca', 'bus'] as const;

export const INSIDE = 'renewed for its age inside of its window';
export const OUTSIDE = 'renewed for its age outside of its window';

/**
 * Of the renewals for age, nine of ten are issued inside the window that the CA suggested for the version before, where nothing
 * was in the way while it was open. Left out are files that ask for another time or were changed since the window began, and
 * windows that a CA moved because it was about to revoke: it says so after their end.
 */
export function checkSuggestions({ world, breaches, opportunities }: Parts): { judge: () => void } {
  const before = new Map<string, IssuedCertificate | undefined>();
  const counted = new Set<string>();
  const missed: string[] = [];
  world.bucket.onChange.push(({ key, before: had, after, by }) => {
    const [, name = ''] = /^live\/(\S+)\.json$/.exec(key) ?? [];
    if (name === '' || by === 'somebody') return;
    const [old, current] = [had, after].map((one) => one && parsePointer(one.body));
    if (old && current && old.version !== current.version)
      before.set(`${name} ${current.version}`, certificateOf(world, name, old.version));
  });
  world.bus.onFact.push((fact) => {
    if (fact.type !== 'Certificate Renewed' || !isOfKind(fact.detail.reason, 'for-age')) return;
    const { name, version } = fact.detail;
    const replaced = before.get(`${name} ${version}`);
    const issued = certificateOf(world, name, version);
    if (!replaced || !issued || replaced.window || counted.has(issued.certId)) return;
    const window = suggestedWindow(replaced.notBefore, replaced.notAfter);
    if (!isJudged(name, window)) return;
    counted.add(issued.certId);
    const isInside = issued.issuedAt >= window.start && issued.issuedAt <= window.end;
    world.trace.met(isInside ? INSIDE : OUTSIDE);
    if (isInside) return;
    missed.push(`${name} ${version} (${fact.detail.reason})`);
    world.trace.note(`outside of its window: ${name} ${version}`);
  });
  /** Whether its time was the CA's to say, and nothing was in the way. */
  function isJudged(name: string, { start, end }: Window): boolean {
    const file = world.files.get(name);
    if (!file || file.renewBeforeDays !== undefined || (world.wantedSince.get(name) ?? 0) > start)
      return false;
    return opportunities.longestClear(name, { from: start, until: end }, NEEDED) === end - start;
  }
  const judge = () => {
    const inside = counted.size - missed.length;
    if (counted.size >= ENOUGH && inside < LEAST_INSIDE * counted.size)
      breaches.report(
        'end: renewed when the CA suggests',
        `${inside} of ${counted.size}; not ${missed.slice(0, 5).join(', ')}`,
      );
  };
  return { judge };
}
