import * as z from 'zod/mini';
import { CheckSummary, ObjectSetAside } from '../../../foundation/events/events.ts';

const Name = z.string();
const Host = z.object({ instanceId: z.string(), outcome: z.string() });

const of = <Type extends string, Detail extends z.ZodMiniType>(type: Type, detail: Detail) =>
  z.object({ time: z.string(), 'detail-type': z.literal(type), detail });

/** The facts on the stack's bus that are told or counted, as far as they are read. */
export const SeenEvent = z.discriminatedUnion('detail-type', [
  of('Certificate Renewed', z.object({ name: Name, seconds: z.number() })),
  of(
    'Certificate Renewal Failed',
    z.object({
      name: Name,
      reason: z.string(),
      message: z.string(),
      failures: z.number(),
      notBefore: z.optional(z.string()),
    }),
  ),
  of('Certificate Deployed', z.object({ name: Name, group: z.string(), hosts: z.array(Host) })),
  of(
    'Certificate Deployment Failed',
    z.object({
      name: Name,
      group: z.string(),
      reason: z.string(),
      message: z.string(),
      hosts: z.array(Host),
    }),
  ),
  of('Certificate Imported', z.object({ name: Name, region: z.string() })),
  of(
    'Certificate Import Failed',
    z.object({ name: Name, region: z.string(), reason: z.string(), message: z.string() }),
  ),
  of(
    'Site Probed',
    z.object({
      name: Name,
      troubles: z.number(),
      findings: z.array(
        z.object({ site: z.string(), check: z.string(), seen: z.string(), remedy: z.string() }),
      ),
    }),
  ),
  of('Object Set Aside', ObjectSetAside),
  of('Certificates Checked', CheckSummary),
]);
export type SeenEvent = z.infer<typeof SeenEvent>;
