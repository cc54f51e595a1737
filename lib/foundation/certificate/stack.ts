import type { HostGroup } from './host-group.ts';
import type { ZoneRole } from './zone-role.ts';

/** What the stack was deployed for; a renewal file may only ask for less. */
export interface Stack {
  bucket: string;
  /** Certificates only for names at or below these. */
  domains: readonly string[];
  /** Names that a challenge name may be a CNAME to. */
  challengeTargets: readonly string[];
  hostGroups: readonly HostGroup[];
  zoneRoles: readonly ZoneRole[];
  /** The CA of certificates whose file names none, and those after it. Directory addresses. */
  defaultCa: string;
  fallbackCas: readonly string[];
  /** CAs that CAA lets issue besides. */
  alsoAllow: readonly string[];
  /** How many certificates one scan has ordered. */
  ordersPerRun: number;
  checkEveryHours: number;
  agreeToTerms: boolean;
  /** Path of the parameters that accounts are kept in, without a trailing slash. */
  accountPrefix: string;
  /** A CA's name in CAA records, used when its directory gives none. */
  caaIdentity: string | undefined;
}
