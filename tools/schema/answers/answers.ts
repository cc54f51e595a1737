import * as z from 'zod/mini';
import { File, Followed, Health, HostStatus, Import, Live, Planned, Status, Text, Texts } from './parts.ts';

/** The shapes are those of this version; members may come to them, and none goes or changes its meaning. */
export const VERSION = 1;

const answer = <Shape extends z.core.$ZodLooseShape>(shape: Shape) =>
  z.strictObject({ version: z.literal(VERSION), ...shape });

const certificates = z.array(Followed);
const planned = z.optional(Planned);
const Reason = z.strictObject({ group: Text, names: Texts, reason: Text, hosts: Texts });
const Finding = z.strictObject({
  certificate: Text,
  check: Text,
  status: z.enum(['ok', 'warning', 'failing']),
  seen: Text,
  remedy: Text,
});
const Written = answer({
  key: Text,
  file: z.optional(File),
  planned,
  certificates: z.optional(certificates),
});
const Looked = answer({ file: File, planned, certificates });
const line = { at: Text, function: Text, level: Text, text: Text };
const Stays = z.strictObject({
  live: z.optional(z.strictObject({ version: Text, notAfter: Text })),
  versions: Texts,
  hosts: Texts,
  acm: z.array(z.strictObject({ region: Text, arn: Text })),
  caa: z.array(z.strictObject({ name: Text, values: Texts })),
  standing: Texts,
});

/** What `--json` answers, by command; `error` is of all. */
export const ANSWERS = {
  error: answer({ error: z.strictObject({ reason: Text, message: Text }) }),
  status: answer({ stack: Text, region: Text, at: Text, certificates: z.array(Status) }),
  plan: answer({
    stack: Text,
    start: Text,
    at: Text,
    certificates: z.array(Planned),
    batches: z.array(
      z.strictObject({
        ca: Text,
        zoneRole: z.optional(Text),
        zoneIds: Texts,
        certificates: z.array(
          z.strictObject({
            name: Text,
            reason: Text,
            replacing: z.nullable(Text),
            ignoreBudget: z.optional(z.boolean()),
          }),
        ),
      }),
    ),
    deployments: z.array(Reason),
    waiting: z.array(z.strictObject({ ...Reason.shape, until: Text })),
    imports: Texts,
    probes: Texts,
    warnings: Texts,
    left: z.optional(z.int()),
  }),
  show: answer({
    name: Text,
    health: Health,
    trouble: Text,
    next: planned,
    file: z.optional(Text),
    live: z.optional(Live),
    hosts: z.array(HostStatus),
    acm: z.array(Import),
    versions: Texts,
    failures: z.number(),
    failure: z.optional(z.strictObject({ at: Text, reason: Text, message: Text })),
    notBefore: z.optional(Text),
  }),
  logs: answer({ name: Text, since: Text, lines: z.array(z.strictObject(line)) }),
  'logs --follow': answer(line),
  doctor: answer({
    at: Text,
    certificates: z.number(),
    counts: z.strictObject({ ok: z.number(), warning: z.number(), failing: z.number() }),
    findings: z.array(Finding),
  }),
  open: answer({ url: Text, expiresAt: Text, writtenAt: Text }),
  account: answer({
    accounts: z.array(
      z.strictObject({
        ca: Text,
        url: z.optional(Text),
        atCa: z.optional(z.enum(['found', 'not-found'])),
        contact: z.optional(Text),
        keyFingerprint: z.optional(Text),
        rolloverOpen: z.optional(z.boolean()),
        keyStoredAt: z.optional(Text),
        keyAgeDays: z.optional(z.number()),
        pinned: z.array(z.strictObject({ certificate: Text, name: Text, value: Text })),
        trouble: z.optional(Text),
      }),
    ),
  }),
  renew: answer({ certificates }),
  deploy: answer({ certificates }),
  add: z.union([Written, Looked]),
  edit: z.union([Written, Looked, answer({ key: Text, changed: z.literal(false) })]),
  remove: answer({ removed: z.optional(Text), notAfter: z.optional(Text), stays: Stays }),
  revoke: answer({
    revoked: z.strictObject({
      name: Text,
      version: Text,
      serial: Text,
      reason: Text,
      ca: Text,
      replaced: z.boolean(),
    }),
    certificates,
    left: z.optional(z.strictObject({ health: Health, seen: Text, remedy: Text })),
  }),
  restore: answer({
    pinned: z.optional(Text),
    released: z.optional(Text),
    told: Text,
    planned,
    certificates,
  }),
  eab: answer({ written: Text, ca: Text, kid: Text }),
  chat: answer({
    written: z.optional(Text),
    kind: z.optional(z.enum(['slack', 'teams', 'json'])),
    host: z.optional(Text),
    removed: z.optional(Text),
  }),
  init: answer({ file: Text, settings: File, warnings: z.optional(Texts) }),
  changes: answer({
    stack: Text,
    changes: z.array(
      z.strictObject({
        action: Text,
        type: Text,
        id: Text,
        replacement: z.enum(['yes', 'maybe', 'no']),
        details: Texts,
      }),
    ),
  }),
  template: answer({ folder: Text, files: Texts }),
  import: answer({
    program: Text,
    folder: Text,
    certificates: z.array(
      z.strictObject({
        name: Text,
        outcome: z.enum(['imported', 'there-already', 'would-import', 'refused']),
        names: Texts,
        notAfter: z.optional(Text),
        message: Text,
        notCarried: Texts,
      }),
    ),
    notCarried: Texts,
    followed: certificates,
    unwell: Texts,
  }),
  export: answer({
    folder: Text,
    certificates: z.array(
      z.strictObject({ name: Text, outcome: z.enum(['exported', 'refused']), message: Text }),
    ),
  }),
  completion: answer({ shell: z.enum(['bash', 'zsh', 'fish']), script: Text }),
};
export type AnswerName = keyof typeof ANSWERS;
