import type { Lives } from '../../../delivery/deployment/rules/decide-delivery.ts';
import type { HostRecord } from '../../../delivery/deployment/rules/host-record.ts';
import type { HostGroup } from '../../../foundation/certificate/host-group.ts';
import type { LivePointer } from '../../../foundation/certificate/live-pointer.ts';
import type { Wanted } from '../../../foundation/certificate/renewal-file.ts';
import type { Stack } from '../../../foundation/certificate/stack.ts';
import type { StandingTerms } from '../../../issuance/ca/rules/standing-terms.ts';
import type { RelevantSet } from '../../../issuance/caa/rules/caa.ts';
import type { FoundRecord, HostedZone } from '../../../issuance/dns/rules/hosted-zones.ts';
import type { StandingTxt } from '../../../issuance/dns/rules/persist-records.ts';
import type { Validation } from '../../../issuance/dns/rules/validation.ts';
import type { State } from '../../../issuance/renewal/rules/state.ts';
import type { HealthFacts } from '../../../scan/rules/health.ts';
import type { Answer } from './finding.ts';

/** A hosted zone with its delegation set. */
export interface PlaceZone {
  zone: HostedZone;
  nameServers: readonly string[];
}

/** A name that a proof may be written at, and its surroundings. */
export interface PlaceFacts {
  name: string;
  /** The public hosted zones that may hold it; trouble says why there is none. */
  zones: Answer<readonly PlaceZone[]>;
  /** The name servers that the public DNS gives for the zone. */
  publicServers: Answer<readonly string[]>;
  /** What the zone holds at the name, and between it and the zone's own name. */
  records: Answer<readonly FoundRecord[]>;
}

export interface IdentifierFacts {
  identifier: string;
  /** The challenge name, then the target of each CNAME; a circle does not end. */
  path: Answer<{ names: readonly string[]; ends: boolean }>;
  /** The challenge name, and the end of the path; the same where it is no CNAME. */
  start: PlaceFacts;
  end: PlaceFacts;
}

/** The CA's identity in CAA records, if its directory or the stack's settings name one, its profiles, and more. */
export interface DirectoryFacts {
  caaIdentity: string | undefined;
  alsoNamed?: readonly string[] | undefined;
  profiles: readonly string[];
  standing?: StandingTerms;
}

/** What a validating resolver says of the record sets that a CA will ask for. */
export interface DnssecFacts {
  /** Its address. */
  resolver: string;
  sets: readonly { name: string; type: 'TXT' | 'CAA'; validation: Answer<Validation> }[];
  /** Whether zones of which nothing validates are signed all the same. */
  zones: readonly { zone: string; signed: Answer<boolean> }[];
}

export interface AccountFacts {
  directoryUrl: string;
  directory: Answer<DirectoryFacts>;
  /** The object that holds the account, and the account's address and its key's thumbprint, if it is there. */
  key: string;
  kept: Answer<{ accountUri: string | undefined; thumbprint?: string | undefined } | undefined>;
  agreeToTerms: boolean;
}

export interface HostFacts {
  instanceId: string;
  online: boolean;
  agentVersion?: string | undefined;
  record: Answer<HostRecord | undefined>;
}

export interface GroupFacts {
  group: Pick<HostGroup, 'name' | 'reload' | 'container' | 'window' | 'freeze'>;
  hosts: Answer<readonly HostFacts[]>;
  /** EC2 instances with the group's tag; only where Systems Manager knows no host of it. */
  unmanaged?: Answer<readonly string[]>;
}

/** The facts of one certificate whose file is valid. */
export interface CertificateFacts {
  wanted: Wanted;
  stack: Pick<
    Stack,
    'region' | 'domains' | 'challengeTargets' | 'checkEveryHours' | 'defaultCa' | 'fallbackCas'
  > &
    Partial<Pick<Stack, 'hostGroups'>>;
  /** What the bucket has of it, for its health; records of hosts outside its groups only where something was revoked. */
  kept: Answer<Pick<HealthFacts, 'pointer' | 'state' | 'revocations' | 'pin' | 'acm' | 'records'>>;
  identifiers: readonly IdentifierFacts[];
  /** The relevant CAA set of each name (RFC 8659, 3), or two where a wildcard's may govern it. */
  caa: readonly { name: string; set: Answer<RelevantSet | undefined> }[];
  dnssec: DnssecFacts;
  account: AccountFacts;
  /** With dns-persist-01: what stands where each persist record belongs, and the stored state. */
  standing?: {
    places: readonly { identifier: string; standing: Answer<StandingTxt> }[];
    state: Answer<State | undefined>;
  };
  live: Answer<LivePointer | undefined>;
  groups: readonly GroupFacts[];
  /** How long what hosts have instead of it lives, where they are not to be touched now. */
  lives?: Lives;
  now: Date;
}
