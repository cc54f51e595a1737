import type { HostGroup } from './host-group.ts';
import type { ZoneRole } from './zone-role.ts';

/** The stack's settings, which limit what a renewal file may ask for. */
export interface Stack {
  /** Where it is deployed, and whose hosts it reaches. */
  region: string;
  bucket: string;
  /** Certificates are only for names at or below these. */
  domains: readonly string[];
  /** Names that a challenge name may be a CNAME to. */
  challengeTargets: readonly string[];
  hostGroups: readonly HostGroup[];
  zoneRoles: readonly ZoneRole[];
  /** The directories of the CA for files that name none, and of those tried after it. */
  defaultCa: string;
  fallbackCas: readonly string[];
  /** The directories that renewal files may name besides these; any when it is empty. */
  cas: readonly string[];
  /** CAs that CAA lets issue too. */
  alsoAllow: readonly string[];
  /** How many certificates one scan may order. */
  ordersPerRun: number;
  checkEveryHours: number;
  agreeToTerms: boolean;
  /** A CA's name in CAA records, if its directory gives none. */
  caaIdentity: string | undefined;
}
