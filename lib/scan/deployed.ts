import type { LivePointer } from '../foundation/certificate/live-pointer.ts';
import type { Wanted } from '../foundation/certificate/renewal-file.ts';
import type { Revocation } from '../foundation/certificate/revocation.ts';
import type { Assessment } from './context.ts';

interface Subject {
  wanted: Wanted;
  live: LivePointer | undefined;
  revocations: readonly Revocation[];
  awaitsRenewal: boolean;
}

/** Where the live version is to be: what a renewal waits for, such as a hosted zone, keeps it from no host. */
export function deployedOf({
  wanted: { name, hosts, acm, probe },
  live,
  revocations,
  awaitsRenewal,
}: Subject): Pick<Assessment, 'deployed'> {
  if (!live) return {};
  // Other groups may not read it yet.
  const groups = hosts.filter((group) => live.hosts.includes(group));
  const revoked = revocations.map(({ version }) => version);
  return { deployed: { name, version: live.version, groups, acm, probe, revoked, awaitsRenewal } };
}
