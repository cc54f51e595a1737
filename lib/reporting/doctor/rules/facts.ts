import type { HostRecord } from '../../../delivery/deployment/rules/host-record.ts';
import type { HostGroup } from '../../../foundation/certificate/host-group.ts';
import type { LivePointer } from '../../../foundation/certificate/live-pointer.ts';
import type { Wanted } from '../../../foundation/certificate/renewal-file.ts';
import type { Stack } from '../../../foundation/certificate/stack.ts';
import type { RelevantSet } from '../../../issuance/caa/rules/caa.ts';
import type { FoundRecord, HostedZone } from '../../../issuance/dns/rules/hosted-zones.ts';
import type { State } from '../../../issuance/renewal/rules/state.ts';
import type { Answer } from './answer.ts';

/** A name that a proof may be written at, and what is known of its surroundings. */
export interface PlaceFacts {
  name: string;
  /** The public hosted zones that may hold it, with their delegation sets; trouble says why there is none. */
  zones: Answer<readonly { zone: HostedZone; nameServers: readonly string[] }[]>;
  /** The name servers that the public DNS gives for the zone. */
  publicServers: Answer<readonly string[]>;
  /** What the zone holds at the name, and between it and the zone's own name. */
  records: Answer<readonly FoundRecord[]>;
}

export interface IdentifierFacts {
  identifier: string;
  /** The challenge name, then what each CNAME leads to; it does not end when it goes in a circle. */
  path: Answer<{ names: readonly string[]; ends: boolean }>;
  /** The challenge name itself, and the end of the path; the same where it is no CNAME. */
  start: PlaceFacts;
  end: PlaceFacts;
}

export interface AccountFacts {
  directoryUrl: string;
  /** The CA's directory; its identity in CAA records, if it or the stack's settings name one, and its profiles. */
  directory: Answer<{ caaIdentity: string | undefined; profiles: readonly string[] }>;
  /** The parameter that an account is kept in, and the account's address, if it is there. */
  parameter: string;
  kept: Answer<{ accountUri: string | undefined } | undefined>;
  agreeToTerms: boolean;
}

export interface PersistFacts {
  places: readonly { identifier: string; values: Answer<readonly string[]> }[];
  state: Answer<State | undefined>;
}

export interface HostFacts {
  instanceId: string;
  online: boolean;
  agentVersion?: string | undefined;
  record: Answer<HostRecord | undefined>;
}

export interface GroupFacts {
  group: Pick<HostGroup, 'name' | 'reload' | 'container'>;
  hosts: Answer<readonly HostFacts[]>;
}

/** All that is asked about one certificate whose file is valid. */
export interface CertificateFacts {
  wanted: Wanted;
  /** What the stack may write to. */
  stack: Pick<Stack, 'domains' | 'challengeTargets' | 'checkEveryHours'>;
  identifiers: readonly IdentifierFacts[];
  /** The relevant CAA set of each name (RFC 8659, 3). */
  caa: readonly { name: string; set: Answer<RelevantSet | undefined> }[];
  account: AccountFacts;
  /** Where standing records prove control: the TXT values at the place of each, and what is remembered of the CA. */
  standing?: PersistFacts;
  live: Answer<LivePointer | undefined>;
  groups: readonly GroupFacts[];
  now: Date;
}
