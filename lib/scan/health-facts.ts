import type { FoundPointer } from '../foundation/bucket/read-pointer.ts';
import type { Wanted } from '../foundation/certificate/renewal-file.ts';
import { describeError } from '../foundation/common/describe-error.ts';
import { InputError } from '../foundation/common/input-error.ts';
import { isOfKind } from '../foundation/reasons/reasons.ts';
import { readStored } from '../issuance/renewal/gather-facts.ts';
import type { RenewalDecision } from '../issuance/renewal/rules/decide-renewal.ts';
import { type Held, rememberHeld, type State } from '../issuance/renewal/rules/state.ts';
import type { FoundRevocations } from '../issuance/revocation/read-revocations.ts';
import type { AssessContext, AssessDeps, Assessment } from './context.ts';
import { deployedOf } from './deployed.ts';
import { repairOfRejected } from './repair-of-rejected.ts';
import type { HealthFacts } from './rules/health.ts';

type Found = Pick<Assessment, 'held' | 'facts'>;

interface Seen {
  wanted: Wanted;
  found: FoundPointer | undefined;
  state: State | undefined;
  recorded: FoundRevocations;
  held: Held | undefined;
  pin?: HealthFacts['pin'];
}

/** What the health of a certificate is judged by, and what of it is to be remembered for those who cannot ask the DNS. */
export function foundOf({ stack }: AssessDeps, { wanted, found, recorded, ...seen }: Seen, now: Date): Found {
  const { held, state, pin } = seen;
  return {
    ...changeOf(state, held),
    facts: {
      name: wanted.name,
      region: stack.region,
      wanted: true,
      file: { ...wanted, stack },
      pointer: found && (found.pointer ?? 'unreadable'),
      state: rememberHeld(state, held),
      revocations: recorded,
      ...(pin && { pin }),
      now,
    },
  };
}

/**
 * The same of a certificate that is rejected: by its file or, where that is `wanted`, by what surrounds it. Hosts are then to
 * have what is live even so, those of new groups too.
 */
export async function foundOfRejected(
  deps: AssessDeps,
  { name, wanted, error }: { name: string; wanted: Wanted | undefined; error: unknown },
  { revoked, now }: AssessContext,
): Promise<Found & Pick<Assessment, 'deployed' | 'due'>> {
  const stored = await readStored(deps.store, name, { now, isRevoked: revoked.has(name) });
  const rejected = describeError(error);
  if (wanted) {
    const held = isLasting(error) ? { action: 'reject' as const, ...rejected } : stored.state?.held;
    const live = stored.found?.pointer;
    const { revocations, state } = stored;
    return {
      ...repairOfRejected({ wanted, live, state, error }, deps.stack, now),
      ...foundOf(deps, { ...stored, wanted, held }, now),
      ...deployedOf({ wanted, live, revocations, awaitsRenewal: false }),
    };
  }
  const { found, state, recorded: revocations } = stored;
  const pointer = found && (found.pointer ?? 'unreadable');
  const file = { rejected: rejected.message };
  return { facts: { name, region: deps.stack.region, wanted: true, file, pointer, state, revocations, now } };
}

/** Not that somebody did not answer. */
function isLasting(error: unknown): boolean {
  return error instanceof InputError || isOfKind(describeError(error).reason, 'without-zone');
}

/** What a decision waits for that only a scan can see. */
export function heldBy(decision: RenewalDecision): Held | undefined {
  if (decision.action !== 'wait' || !isOfKind(decision.reason, 'limited')) return undefined;
  const { action, reason, message = '', until } = decision;
  return { action, reason, message, until: until.toISOString() };
}

/** Rejected for its schedule, or held by a limit; nothing where that is what is remembered. */
function changeOf(state: State | undefined, held: Held | undefined): Pick<Assessment, 'held'> {
  const textOf = (one: Held | undefined) =>
    one && [one.action, one.reason, one.message, one.until ?? ''].join('\n');
  return textOf(state?.held) === textOf(held) ? {} : { held: { now: held } };
}
