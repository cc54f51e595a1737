import * as z from 'zod/mini';
import { LineageName, Version } from '../certificate/lineage.ts';
import type { Result } from '../common/finding.ts';
import type { Reason, SaidReason } from '../reasons/reasons.ts';

/** The source of every event of ours on the stack's bus. */
export const EVENT_SOURCE = 'perennial';

/** What one run of a function can do in its time. */
export const NAMES_AT_ONCE = 10;

/** Work that is due: a hint, harmless when lost or delivered twice. Members of a newer version are passed over. */
export const RenewalDue = z.object({
  ca: z.string(),
  /** For all its certificates; when absent their hosted zones are in the stack's own account. */
  zoneRole: z.optional(z.string()),
  zoneIds: z.array(z.string()),
  certificates: z
    .array(
      z.object({
        name: LineageName,
        reason: z.string(),
        replacing: z.nullable(Version),
        ignoreBudget: z.optional(z.boolean()),
      }),
    )
    .check(z.minLength(1), z.maxLength(50)),
});
export type RenewalDue = z.infer<typeof RenewalDue>;

/** One SSM command takes at most 50 instance ids; for more hosts it targets the group's tag. */
export const MAX_HOSTS_NAMED = 50;

export const DeploymentDue = z.object({
  group: z.string(),
  reason: z.string(),
  names: z.array(LineageName).check(z.minLength(1)),
  /** The hosts that lack it; the whole group when absent. */
  hosts: z.optional(z.array(z.string()).check(z.minLength(1), z.maxLength(MAX_HOSTS_NAMED))),
  /** Set by hand: hosts are touched outside of the group's windows too. */
  ignoreWindow: z.optional(z.boolean()),
});
export type DeploymentDue = z.infer<typeof DeploymentDue>;

export const ImportDue = z.object({
  names: z.array(LineageName).check(z.minLength(1), z.maxLength(NAMES_AT_ONCE)),
});
export type ImportDue = z.infer<typeof ImportDue>;

/** `items` are the first of `count`. */
const Listing = <Item extends z.ZodMiniType>(item: Item) =>
  z.object({ count: z.number(), items: z.array(item) });

/** The state of all certificates, at each hourly check and weekly sweep. Instants are ISO 8601 in UTC. */
export const CheckSummary = z.object({
  start: z.string(),
  at: z.string(),
  certificates: z.number(),
  /** The shortest share of life left first. */
  soonest: z.array(z.object({ name: z.string(), lifeLeft: z.number(), notAfter: z.string() })),
  failing: Listing(z.string()),
  overdue: Listing(z.string()),
  /** Renewal files that cannot be used. */
  rejected: Listing(z.object({ name: z.string(), reason: z.string(), message: z.string() })),
  /** Hosts that are online without the live version and are sent it now; their groups, and those of hosts that wait for it. */
  hostsBehind: z.object({ count: z.number(), groups: z.array(z.string()) }),
  /** Groups with a host online, of which it is known who is behind; absent in a check of an older version. */
  groupsOnline: z.optional(z.array(z.string())),
  /** Groups of live certificates that no host carries, or whose hosts are all offline; absent as above. */
  groupsAway: z.optional(
    z.array(
      z.object({
        group: z.string(),
        reason: z.enum(['no-hosts', 'hosts-offline']),
        hosts: z.array(z.string()),
      }),
    ),
  ),
  /** Certificates that are not well, the worst first; absent in a check of an older version. */
  unwell: z.optional(
    z.object({
      count: z.number(),
      /** How many, by the word for it. */
      byHealth: z.record(z.string(), z.number()),
      items: z.array(z.object({ name: z.string(), health: z.string(), trouble: z.string() })),
    }),
  ),
  /** Certificates of which an older version is pinned, and until when; absent as above. */
  pinned: z.optional(Listing(z.object({ name: z.string(), message: z.string() }))),
  /** What could not be read, so that what is not named may be wrong even so; absent where all could. */
  unseen: z.optional(
    z.object({
      /** Whether what some hosts have is unknown: they may have a revoked version. */
      hosts: z.boolean(),
      /** Whether stray objects could not be looked for. */
      strays: z.boolean(),
      /** Certificates without a renewal file. */
      names: z.array(z.string()),
    }),
  ),
  warnings: z.array(z.string()),
});
export type CheckSummary = z.infer<typeof CheckSummary>;
export type Unseen = NonNullable<CheckSummary['unseen']>;

/** An object that could not be used, and the key that it was moved to. */
export const ObjectSetAside = z.object({
  key: z.string(),
  aside: z.string(),
  reason: z.string(),
  /** What of it a person has to know. */
  message: z.optional(z.string()),
});
export type ObjectSetAside = z.infer<typeof ObjectSetAside>;

type SiteOutcome = { site: string } & Result<string>;

interface Failure {
  name: string;
  reason: SaidReason;
  message: string;
}

/** The detail of each event, for anyone to subscribe to. Instants are ISO 8601 in UTC. */
export interface Details {
  'Renewal Due': RenewalDue;
  'Deployment Due': DeploymentDue;
  'Import Due': ImportDue;
  'Probe Due': { names: string[] };
  'Certificates Checked': CheckSummary;
  'Site Probed': { name: string; version: string; sites: number; troubles: number; findings: SiteOutcome[] };
  'Certificate Renewed': {
    name: string;
    reason: SaidReason;
    version: string;
    serial: string;
    notAfter: string;
    replacedNotAfter?: string | undefined;
    /** From the start of its batch. */
    seconds: number;
  };
  'Certificate Renewal Failed': Failure & {
    reason: Reason;
    failures: number;
    notBefore?: string | undefined;
    /** Whether somebody asked for it by hand: no check makes up for it. */
    forced?: boolean | undefined;
  };
  /** Whether it was live, or has the key of what is. */
  'Certificate Revoked': { name: string; version: string; reason: string; isLive: boolean };
  /** An archived version was made live again as `version`; `pinned` until it is released, or because it was. */
  'Certificate Restored': { name: string; version: string; from: string; pinned: boolean };
  /** A pin has ended by itself. */
  'Certificate Pin Ended': { name: string; version: string; reason: Reason; message: string };
  /** At a start that is about single files; the checks tell it in their summary. */
  'Renewal File Rejected': Failure;
  'Certificate Imported': { name: string; region: string; arn: string; version: string; reason: Reason };
  'Certificate Import Failed': Failure & { reason: Reason; region: string };
  'Object Set Aside': ObjectSetAside;
  'Certificate Deployed': { name: string; group: string; hosts: HostOutcome[] };
  'Certificate Deployment Failed': Failure & { group: string; hosts: HostOutcome[] };
  /** Sent outside of the group's windows, because what these hosts have is no good for long; `hosts` are the first of them. */
  'Deployment Window Overridden': {
    group: string;
    names: string[];
    hosts: string[];
    reason: Reason;
    message: string;
  };
}
export type StackEvent = { [Type in keyof Details]: { type: Type; detail: Details[Type] } }[keyof Details];

export interface EventBus {
  /** Publishes all or throws; a repeated event is harmless to all our listeners. */
  publish(events: readonly StackEvent[]): Promise<void>;
}

export interface HostOutcome {
  instanceId: string;
  outcome: string;
  version?: string | undefined;
  serial?: string | undefined;
  reason?: SaidReason | undefined;
  message?: string | undefined;
}

export const importsDue = (names: readonly string[]) => inParts('Import Due', names);
export const probesDue = (names: readonly string[]) => inParts('Probe Due', names);

function inParts(type: 'Import Due' | 'Probe Due', names: readonly string[]): StackEvent[] {
  return Array.from({ length: Math.ceil(names.length / NAMES_AT_ONCE) }, (_, index) => {
    const part = names.slice(index * NAMES_AT_ONCE, (index + 1) * NAMES_AT_ONCE);
    return { type, detail: { names: part } };
  });
}
