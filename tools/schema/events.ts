import * as z from 'zod/mini';
import { CheckSummary, type Details, ObjectSetAside } from '../../lib/foundation/events/events.ts';

// The facts on the stack's bus, for anyone to subscribe to. Here and not in lib/: the functions that publish them need no parser,
// and the compiler holds both together below.

const instant = z.iso.datetime();
const named = { name: z.string() };
const failed = { ...named, reason: z.string(), message: z.string() };
const host = z.object({
  instanceId: z.string(),
  outcome: z.string(),
  version: z.optional(z.string()),
  serial: z.optional(z.string()),
  reason: z.optional(z.string()),
  message: z.optional(z.string()),
});
const finding = z.object({
  site: z.string(),
  check: z.string(),
  status: z.enum(['ok', 'warning', 'failing']),
  seen: z.string(),
  remedy: z.string(),
});

/** The detail of each fact. What is due (`Renewal Due` and its like) is between the stack's own functions, and may change. */
export const FACTS = {
  'Certificate Renewed': z.object({
    ...named,
    reason: z.string(),
    version: z.string(),
    serial: z.string(),
    notAfter: instant,
    replacedNotAfter: z.optional(instant),
    seconds: z.number(),
  }),
  'Certificate Renewal Failed': z.object({
    ...failed,
    failures: z.number(),
    notBefore: z.optional(instant),
    forced: z.optional(z.boolean()),
  }),
  'Certificate Revoked': z.object({
    ...named,
    version: z.string(),
    reason: z.string(),
    isLive: z.boolean(),
  }),
  'Certificate Restored': z.object({
    ...named,
    version: z.string(),
    from: z.string(),
    pinned: z.boolean(),
  }),
  'Certificate Pin Ended': z.object({ ...failed, version: z.string() }),
  'Certificate Deployed': z.object({ ...named, group: z.string(), hosts: z.array(host) }),
  'Certificate Deployment Failed': z.object({ ...failed, group: z.string(), hosts: z.array(host) }),
  'Deployment Window Overridden': z.object({
    group: z.string(),
    names: z.array(z.string()),
    hosts: z.array(z.string()),
    reason: z.string(),
    message: z.string(),
  }),
  'Certificate Imported': z.object({
    ...named,
    region: z.string(),
    arn: z.string(),
    version: z.string(),
    reason: z.string(),
  }),
  'Certificate Import Failed': z.object({ ...failed, region: z.string() }),
  'Site Probed': z.object({
    ...named,
    version: z.string(),
    sites: z.number(),
    troubles: z.number(),
    findings: z.array(finding),
  }),
  'Renewal File Rejected': z.object(failed),
  'Object Set Aside': ObjectSetAside,
  'Certificates Checked': CheckSummary,
};
export type FactType = keyof typeof FACTS;

/** Compiles only while each fact has the members of its schema, no others, and none of another type. */
type Agreement = {
  [Type in FactType]: Details[Type] extends z.infer<(typeof FACTS)[Type]>
    ? Exclude<keyof Details[Type], keyof z.infer<(typeof FACTS)[Type]>> extends never
      ? true
      : false
    : false;
};
type Due = 'Renewal Due' | 'Deployment Due' | 'Import Due' | 'Probe Due';
export const AGREED: Agreement & Record<Exclude<keyof Details, FactType | Due>, never> = {
  'Certificate Renewed': true,
  'Certificate Renewal Failed': true,
  'Certificate Revoked': true,
  'Certificate Restored': true,
  'Certificate Pin Ended': true,
  'Certificate Deployed': true,
  'Certificate Deployment Failed': true,
  'Deployment Window Overridden': true,
  'Certificate Imported': true,
  'Certificate Import Failed': true,
  'Site Probed': true,
  'Renewal File Rejected': true,
  'Object Set Aside': true,
  'Certificates Checked': true,
};

/** `certificate-renewed.json` */
export const fileOf = (type: string) => `${type.toLowerCase().replaceAll(' ', '-')}.json`;

/** The JSON Schema (2020-12) of an event as a rule's target gets it. New members may come: it forbids none. */
export function eventSchema(type: FactType): unknown {
  // Of an instant the format says enough.
  const { $schema, ...detail } = JSON.parse(
    JSON.stringify(z.toJSONSchema(FACTS[type], { io: 'input' }), (key, value) =>
      key === 'pattern' ? undefined : value,
    ),
  );
  return {
    $schema,
    title: `${type}, an event of a Perennial stack`,
    type: 'object',
    properties: {
      version: { const: '0' },
      id: { type: 'string' },
      source: { const: 'perennial' },
      'detail-type': { const: type },
      account: { type: 'string' },
      time: { type: 'string', format: 'date-time' },
      region: { type: 'string' },
      resources: { type: 'array', items: { type: 'string' } },
      detail,
    },
    required: ['source', 'detail-type', 'time', 'detail'],
  };
}
