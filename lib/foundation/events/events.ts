import * as z from 'zod/mini';
import { LineageName, Version } from '../certificate/lineage.ts';
import type { Reason, SaidReason } from '../reasons/reasons.ts';

/** The source of every event of ours on the stack's bus. */
export const EVENT_SOURCE = 'perennial';

/** Of an event with nothing but names: what one run of a function gets through in its time. */
export const NAMES_AT_ONCE = 10;

/** Work that is due: a hint, harmless when lost or delivered twice. */
export const RenewalDue = z.strictObject({
  ca: z.string(),
  /** Of all its certificates; their hosted zones are in the stack's own account when absent. */
  zoneRole: z.optional(z.string()),
  zoneIds: z.array(z.string()),
  certificates: z
    .array(
      z.strictObject({
        name: LineageName,
        reason: z.string(),
        replacing: z.nullable(Version),
        ignoreBudget: z.optional(z.boolean()),
      }),
    )
    .check(z.minLength(1), z.maxLength(50)),
});
export type RenewalDue = z.infer<typeof RenewalDue>;

/** As many hosts as one command of SSM takes by their ids; more are reached as the whole group, by its tag. */
export const MAX_HOSTS_NAMED = 50;

export const DeploymentDue = z.strictObject({
  group: z.string(),
  reason: z.string(),
  names: z.array(LineageName).check(z.minLength(1)),
  /** The hosts that lack it; all of the group when absent. */
  hosts: z.optional(z.array(z.string()).check(z.minLength(1), z.maxLength(MAX_HOSTS_NAMED))),
});
export type DeploymentDue = z.infer<typeof DeploymentDue>;

/** Certificates that ACM lacks in some region. */
export const ImportDue = z.strictObject({
  names: z.array(LineageName).check(z.minLength(1), z.maxLength(NAMES_AT_ONCE)),
});
export type ImportDue = z.infer<typeof ImportDue>;

/** `count` of all; `items` are the first of them. */
const Listing = <Item extends z.ZodMiniType>(item: Item) =>
  z.object({ count: z.number(), items: z.array(item) });

/** `Certificates Checked`: how all certificates are, at each hourly check and weekly sweep. Instants are ISO 8601 in UTC. */
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
  /** Hosts that are online and do not hold what they should, and their groups. */
  hostsBehind: z.object({ count: z.number(), groups: z.array(z.string()) }),
  warnings: z.array(z.string()),
});
export type CheckSummary = z.infer<typeof CheckSummary>;

/** An object of the bucket that could not be used, and where it is kept now. */
export const ObjectSetAside = z.object({ key: z.string(), aside: z.string(), reason: z.string() });
export type ObjectSetAside = z.infer<typeof ObjectSetAside>;

/** Facts, one per certificate, for anyone to subscribe to. Instants are ISO 8601 in UTC. */
export type StackEvent =
  | { type: 'Renewal Due'; detail: RenewalDue }
  | { type: 'Deployment Due'; detail: DeploymentDue }
  | { type: 'Import Due'; detail: ImportDue }
  | { type: 'Probe Due'; detail: { names: string[] } }
  | { type: 'Certificates Checked'; detail: CheckSummary }
  | {
      type: 'Site Probed';
      detail: { name: string; version: string; sites: number; troubles: number; findings: SiteOutcome[] };
    }
  | {
      type: 'Certificate Renewed';
      detail: {
        name: string;
        reason: SaidReason;
        version: string;
        serial: string;
        notAfter: string;
        replacedNotAfter?: string | undefined;
        /** From the begin of its batch. */
        seconds: number;
      };
    }
  | {
      type: 'Certificate Renewal Failed';
      detail: {
        name: string;
        reason: Reason;
        message: string;
        failures: number;
        notBefore?: string | undefined;
      };
    }
  | {
      type: 'Certificate Imported';
      detail: { name: string; region: string; arn: string; version: string; reason: Reason };
    }
  | {
      type: 'Certificate Import Failed';
      detail: { name: string; region: string; reason: Reason; message: string };
    }
  | { type: 'Object Set Aside'; detail: ObjectSetAside }
  | { type: 'Certificate Deployed'; detail: { name: string; group: string; hosts: HostOutcome[] } }
  | {
      type: 'Certificate Deployment Failed';
      detail: { name: string; group: string; reason: SaidReason; message: string; hosts: HostOutcome[] };
    };

/** The stack's event bus. */
export interface EventBus {
  /** All or an error; a repetition is harmless to every listener of ours. */
  publish(facts: readonly StackEvent[]): Promise<void>;
}

export interface SiteOutcome {
  site: string;
  check: string;
  status: string;
  seen: string;
  remedy: string;
}

export interface HostOutcome {
  instanceId: string;
  outcome: string;
  version?: string | undefined;
  serial?: string | undefined;
  reason?: SaidReason | undefined;
  message?: string | undefined;
}

export function importsDue(names: readonly string[]): StackEvent[] {
  return inParts(names).map((part) => ({ type: 'Import Due', detail: { names: part } }));
}

export function probesDue(names: readonly string[]): StackEvent[] {
  return inParts(names).map((part) => ({ type: 'Probe Due', detail: { names: part } }));
}

function inParts(names: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(names.length / NAMES_AT_ONCE) }, (_, index) =>
    names.slice(index * NAMES_AT_ONCE, (index + 1) * NAMES_AT_ONCE),
  );
}
