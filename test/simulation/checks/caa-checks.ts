import {
  identifierOf,
  isAtOrBelow,
  selfAndAncestors,
} from '../../../lib/foundation/certificate/domain-name.ts';
import {
  formatCaa,
  governingProperties,
  judgeCaa,
  parseCaa,
  type RelevantSet,
  valuesOf,
} from '../../../lib/issuance/caa/rules/caa.ts';
import { pointerOf } from '../world/stored.ts';
import type { World } from '../world/world.ts';
import type { Parts } from './parts.ts';
import type { Sweeps } from './sweeps.ts';

/**
 * After the calm end, the CAA sets of a file that has us manage them let its CA issue, and bind it to our account where the file
 * asks for that. What others change there is put right by the next renewal, or the next sweep.
 */
export function checkCaa({
  world,
  breaches,
  sweeps,
}: Pick<Parts, 'world' | 'breaches'> & { sweeps: Sweeps }): { judge: () => void } {
  const changes: { at: string; until: number }[] = [];
  const accountsAnew = new Map<string, number>();
  world.onObstacle.push(({ what, until }) => {
    const [, at] = /^(?:zone|CAA of|domain) (\S+)$/.exec(what) ?? [];
    if (at !== undefined) changes.push({ at, until });
  });
  for (const ca of world.cas)
    ca.onAccountAnew.push(() => accountsAnew.set(ca.directoryUrl, world.scheduler.now));
  /** When the sets of a certificate were last as we want them, as far as that can be told from outside. */
  const setAt = (name: string, issuedAt: string) =>
    Math.max(Date.parse(issuedAt), sweeps.after(name, 0).at(-1) ?? 0);
  const judge = () => {
    const { now } = world.scheduler;
    for (const [name, file] of world.files) {
      const pointer = pointerOf(world, name);
      const { mode = 'manage', restrict = false } = (file.caa ?? {}) as { mode?: string; restrict?: boolean };
      const ca = world.cas.find(({ directoryUrl }) => directoryUrl === pointer?.ca);
      if (!pointer || !ca || mode !== 'manage') continue;
      const since = setAt(name, pointer.issuedAt);
      const isChanged = ({ at, until }: { at: string; until: number }) =>
        Math.min(until, now) >= since && file.names.some((one) => isAtOrBelow(identifierOf(one), at));
      if (changes.some(isChanged) || (accountsAnew.get(ca.directoryUrl) ?? 0) >= since) continue;
      for (const one of file.names) {
        const complaint = complaintAbout(world, one, {
          identity: ca.identity,
          accountUri: ca.keptAccount,
          restrict,
        });
        if (complaint) breaches.report('end: CAA as wanted', `${name}: ${one}: ${complaint}`);
      }
    }
  };
  return { judge };
}

function complaintAbout(
  world: World,
  name: string,
  { restrict, ...asker }: { identity: string; accountUri: string | undefined; restrict: boolean },
): string | undefined {
  const set = relevantSet(world, identifierOf(name));
  if (!set) return 'there is no set';
  const verdict = judgeCaa(name, set, asker);
  if (!verdict.allowed) return `${verdict.reason}, ${verdict.because}`;
  const governing = governingProperties(name, set);
  const isBound = governing.some((one) => formatCaa(one).includes(`accounturi=${asker.accountUri}`));
  const isOpen = valuesOf(asker, governing).length > 0 && !isBound;
  return restrict && isOpen ? `${governing.map(formatCaa).join(', ')} does not name our account` : undefined;
}

/** As the hosted zones have it (RFC 8659, 3). */
function relevantSet({ route53 }: World, name: string): RelevantSet | undefined {
  for (const at of selfAndAncestors(name)) {
    const values = route53.zoneOf(at)?.sets.get(`CAA ${at}`)?.values ?? [];
    if (values.length > 0) return { at, properties: values.map(parseCaa) };
  }
  return undefined;
}
