import * as z from 'zod/mini';
import { oneLine } from '../../../foundation/common/one-line.ts';
import { CheckSummary, ObjectSetAside } from '../../../foundation/events/events.ts';

const LONGEST = 2_000;
/** What others wrote goes into a mail as one printable line. */
const Text = z.pipe(
  z.string(),
  z.transform((text: string) => oneLine(text, LONGEST)),
);
/** An event without an instant to sort it by cannot be taken in. */
const Instant = z.string().check(z.refine((at) => !Number.isNaN(Date.parse(at)), 'must be an instant'));
const named = { name: Text };
const failed = { ...named, reason: Text, message: Text };
const hosts = z.array(z.object({ instanceId: Text, outcome: Text }));
const findings = z.array(z.object({ site: Text, check: Text, status: Text, seen: Text, remedy: Text }));

const of = <Type extends string, Detail extends z.ZodMiniType>(type: Type, detail: Detail) =>
  z.object({ time: Instant, region: z.optional(Text), 'detail-type': z.literal(type), detail });

/** The events that are reported or counted, with the parts that are read. */
export const SeenEvent = z.discriminatedUnion('detail-type', [
  of('Certificate Renewed', z.object({ ...named, seconds: z.number() })),
  of(
    'Certificate Renewal Failed',
    z.object({
      ...failed,
      failures: z.number(),
      notBefore: z.optional(Instant),
      forced: z.optional(z.boolean()),
    }),
  ),
  of('Certificate Revoked', z.object({ ...named, version: Text, reason: Text, isLive: z.boolean() })),
  of('Renewal File Rejected', z.object(failed)),
  of('Certificate Deployed', z.object({ ...named, group: Text, hosts })),
  of('Certificate Deployment Failed', z.object({ ...failed, group: Text, hosts })),
  of(
    'Deployment Window Overridden',
    z.object({ group: Text, names: z.array(Text), hosts: z.array(Text), reason: Text, message: Text }),
  ),
  of('Certificate Restored', z.object({ ...named, version: Text, from: Text, pinned: z.boolean() })),
  of('Certificate Pin Ended', z.object({ ...failed, version: Text })),
  of('Certificate Imported', z.object({ ...named, region: Text })),
  of('Certificate Import Failed', z.object({ ...failed, region: Text })),
  of('Site Probed', z.object({ ...named, troubles: z.number(), findings })),
  of('Object Set Aside', ObjectSetAside),
  of('Certificates Checked', CheckSummary),
  // CloudWatch's own, for an alarm that is over (CloudWatch user guide, "Alarm events and EventBridge").
  of(
    'CloudWatch Alarm State Change',
    z.object({
      alarmName: Text,
      state: z.object({ reason: z.optional(Text) }),
      previousState: z.object({ timestamp: z.optional(Text) }),
      configuration: z.optional(z.object({ description: z.optional(Text) })),
    }),
  ),
]);
export type SeenEvent = z.infer<typeof SeenEvent>;
