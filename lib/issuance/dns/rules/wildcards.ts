import { isAtOrBelow, selfAndAncestors } from '../../../foundation/certificate/domain-name.ts';

/**
 * The wildcard by which a zone answers for `name`, where nothing stands at the name or below it; `undefined` for none (RFC
 * 4592, 3.3.1: the one below the closest ancestor that exists). A record at the name, or below, takes its place for all types.
 */
export function wildcardFor(
  name: string,
  { zoneName, owners }: { zoneName: string; owners: readonly string[] },
): string | undefined {
  const exists = (label: string) => label === zoneName || owners.some((owner) => isAtOrBelow(owner, label));
  if (exists(name)) return undefined;
  const [encloser] = selfAndAncestors(name).filter((label) => isAtOrBelow(label, zoneName) && exists(label));
  const wildcard = `*.${encloser}`;
  return owners.includes(wildcard) ? wildcard : undefined;
}
