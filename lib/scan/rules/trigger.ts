import * as z from 'zod/mini';
import { LineageName } from '../../foundation/certificate/lineage.ts';
import { type KeyName, nameIn, RENEWAL_PREFIX } from '../../foundation/certificate/object-keys.ts';
import { InputError } from '../../foundation/common/input-error.ts';
import { parseValue } from '../../foundation/common/parse-json.ts';

/** What one scan does, by what started it. */
export interface Start {
  /** For display only: in the plan, and in `Certificates Checked`. */
  start: string;
  /** The certificates to assess; the key of a changed object may be no renewal file's. */
  names: 'all' | readonly KeyName[];
  /** Whether the DNS and the archive are read too. */
  looksClosely: boolean;
  /** Whether nothing is written or published. */
  dryRun: boolean;
  forced: boolean;
  /** Orders although our own budget for the certificate is spent; the CA's limits hold even so. */
  ignoreBudget: boolean;
  /** Renewal files that are planned with, though they are not in the bucket, by name. */
  files?: Readonly<Record<string, unknown>>;
  /** Whether CAs are asked when to renew; the other starts are in a hurry, or change nothing. */
  asksCa: boolean;
}

const needsNames = (start: string, orAll = '') =>
  `${start} needs "names": ["example.com"] (the names of renewal files)${orAll}`;
const FORCE_NEEDS_NAMES = needsNames('force', ', or "*" for all');

const Names = (needed: string) => z.array(LineageName).check(z.minLength(1, needed));

const Invocation = z.discriminatedUnion('start', [
  z.strictObject({ start: z.enum(['hourly-check', 'weekly-sweep']) }),
  z.strictObject({
    start: z.literal('plan'),
    names: z.optional(Names(needsNames('plan', ', or none for all'))),
    /** What a forced renewal of those named would meet. */
    forced: z.optional(z.boolean()),
    ignoreBudget: z.optional(z.boolean()),
    /** Renewal files to plan with instead of those in the bucket, which may have none. */
    files: z.optional(z.record(LineageName, z.unknown())),
  }),
  z.strictObject({ start: z.literal('check'), names: Names(needsNames('check')) }),
  z.strictObject({
    start: z.literal('force'),
    names: z.union([z.literal('*'), Names(FORCE_NEEDS_NAMES)], { error: FORCE_NEEDS_NAMES }),
    ignoreBudget: z._default(z.boolean(), false),
  }),
]);

/** A file that was put into the bucket, as EventBridge tells it. */
export const ObjectCreated = z.object({
  'detail-type': z.literal('Object Created'),
  detail: z.object({ object: z.object({ key: z.string() }) }),
});

const QUICK = { looksClosely: false, dryRun: false, forced: false, ignoreBudget: false, asksCa: false };
const DOES = {
  'hourly-check': { ...QUICK, asksCa: true },
  'weekly-sweep': { ...QUICK, asksCa: true, looksClosely: true },
  plan: { ...QUICK, dryRun: true, looksClosely: true },
  check: QUICK,
  force: { ...QUICK, forced: true },
};

/** With the members that only some starts have. */
const whole = (
  invocation: z.infer<typeof Invocation>,
): Pick<z.infer<typeof Invocation>, 'start'> & {
  names?: '*' | string[] | undefined;
  ignoreBudget?: boolean | undefined;
  forced?: boolean | undefined;
  files?: Record<string, unknown> | undefined;
} => invocation;

/** The look at files that changed, each once, however often it did. */
export function startOfFiles(created: readonly z.infer<typeof ObjectCreated>[]): Start {
  const keys = new Set(created.map(({ detail }) => detail.object.key));
  return { ...QUICK, start: 'file-changed', names: [...keys].map((key) => nameIn(key, RENEWAL_PREFIX)) };
}

/** `{ "start": "settings" }`, of which nothing is scanned. */
export const asksForSettings = (event: unknown) =>
  z.strictObject({ start: z.literal('settings') }).safeParse(event).success;

/** Parses what `scan` was invoked with; throws {@link InputError} in one line that shows the right shape. */
export function parseStart(event: unknown): Start {
  const created = ObjectCreated.safeParse(event);
  if (created.success) return startOfFiles([created.data]);
  if (typeof event !== 'object' || event === null || !('start' in event)) {
    throw new InputError('event-invalid', {
      seen: 'event: has no "start"',
      remedy: 'give one of events/*.json, for example { "start": "force", "names": ["example.com"] }',
    });
  }
  const invocation = parseValue(event, Invocation, { where: 'event', reason: 'event-invalid' });
  const invoked = whole(invocation);
  const { start, ignoreBudget = false, forced = DOES[start].forced, files } = invoked;
  const { names = files ? Object.keys(files) : '*' } = invoked;
  const named = names === '*' ? 'all' : [...new Set(names)].map((name) => ({ name }));
  return { ...DOES[start], start, names: named, forced, ignoreBudget, ...(files && { files }) };
}
