import * as z from 'zod/mini';
import { LivePointer } from '../../../lib/foundation/certificate/live-pointer.ts';
import { HEALTHS } from '../../../lib/scan/rules/health.ts';

/** What answers of several commands have in common. Instants are ISO 8601 in UTC. */
export const Text = z.string();
export const Texts = z.array(z.string());
const Flag = z.boolean();
const Count = z.number();
export const Health = z.enum(HEALTHS);
/** Of the pointer, whatever a newer version adds to it. */
export const Live = LivePointer;

const Edit = z.strictObject({
  at: Text,
  add: Texts,
  remove: Texts,
  governs: Texts,
  isNew: z.optional(Flag),
});
export const Caa = z.strictObject({
  edits: z.array(Edit),
  refused: z.optional(z.array(z.strictObject({ name: Text, identity: Text, remedy: Text }))),
  notPossible: Texts,
  hiding: z.optional(z.array(z.strictObject({ name: Text, wildcard: Text }))),
});

/** What a scan decides for one certificate. */
export const Planned = z.strictObject({
  name: Text,
  action: z.enum(['renew', 'mend', 'wait', 'leave', 'reject']),
  reason: Text,
  names: z.optional(Texts),
  notAfter: z.optional(Text),
  until: z.optional(Text),
  message: z.optional(Text),
  heldUp: z.optional(Text),
  ca: z.optional(z.strictObject({ ca: Text, reason: Text })),
  caa: z.optional(Caa),
  zones: z.optional(Texts),
  standing: z.optional(
    z.strictObject({ records: z.array(z.looseObject({ name: Text })), trouble: z.optional(Text) }),
  ),
  revoked: z.optional(z.strictObject({ version: Text, reason: Text, revokedAt: z.optional(Text) })),
  pinned: z.optional(z.strictObject({ version: Text, until: Text })),
});

/** A host that carries a group's tag, as it last reported. */
export const HostStatus = z.strictObject({
  instanceId: Text,
  online: Flag,
  group: Text,
  outcome: Text,
  version: z.optional(Text),
  isLive: Flag,
  isUnserved: Flag,
  waitsUntil: z.optional(Text),
});

export const Status = z.strictObject({
  name: Text,
  health: Health,
  trouble: Text,
  command: z.optional(Text),
  names: Texts,
  version: z.optional(Text),
  notBefore: z.optional(Text),
  due: z.optional(Text),
  notAfter: z.optional(Text),
  daysLeft: z.optional(Count),
  ca: z.optional(Text),
  profile: z.optional(Text),
  failures: Count,
  last: z.optional(
    z.strictObject({ at: Text, outcome: z.enum(['renewed', 'failed']), reason: z.optional(Text) }),
  ),
  next: z.optional(z.strictObject({ action: Text, reason: Text })),
  hosts: z.array(HostStatus),
});

const HostOutcome = z.strictObject({
  instanceId: Text,
  group: Text,
  outcome: Text,
  message: z.optional(Text),
});

/** What came of a certificate that was followed, or of a file that was only looked at. */
export const Followed = z.strictObject({
  name: Text,
  outcome: z.enum([
    'renewed',
    'deployed',
    'not-due',
    'failed',
    'rejected',
    'revoked',
    'waits',
    'no-hosts',
    'offline',
    'not-served',
    'nothing-to-deploy',
    'unfinished',
    'interrupted',
    'would-add',
    'would-edit',
    'would-fail',
    'unknown',
  ]),
  message: Text,
  version: z.optional(Text),
  notAfter: z.optional(Text),
  hosts: z.array(HostOutcome),
});

export const Import = z.strictObject({
  region: Text,
  arn: z.optional(Text),
  version: z.optional(Text),
  at: Text,
  outcome: z.enum(['importing', 'imported', 'failed', 'kept']),
  reason: z.optional(Text),
  message: z.optional(Text),
});

export const File = z.looseObject({ names: Texts });
