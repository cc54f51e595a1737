import type { LivePointer } from '../foundation/certificate/live-pointer.ts';
import type { Wanted } from '../foundation/certificate/renewal-file.ts';
import { describeError } from '../foundation/common/describe-error.ts';
import { isOfKind } from '../foundation/reasons/reasons.ts';
import { casOf, type StackCas } from '../issuance/ca/rules/ca-list.ts';
import { showsHosts } from '../issuance/renewal/rules/decide-renewal.ts';
import { failuresOf, type State } from '../issuance/renewal/rules/state.ts';
import type { Assessment } from './context.ts';

interface Rejected {
  wanted: Wanted;
  live: LivePointer | undefined;
  state: State | undefined;
  error: unknown;
}

/** Without a hosted zone nothing is ordered, but the live version is shown to the groups of the file: that needs no DNS. */
export function repairOfRejected(
  { wanted, live, state, error }: Rejected,
  stack: StackCas,
  now: Date,
): Pick<Assessment, 'due'> {
  const reason = 'hosts-changed';
  const isWithoutZone = isOfKind(describeError(error).reason, 'without-zone');
  if (!live || !isWithoutZone || showsHosts(live, wanted)) return {};
  if (Date.parse(failuresOf(state, reason)?.notBefore ?? '') > now.getTime()) return {};
  const { name, zoneRole } = wanted;
  const [ca = stack.defaultCa] = casOf(wanted, stack);
  const notAfter = new Date(live.notAfter);
  return { due: { name, reason, ca, zoneRole, zoneIds: [], notAfter, replacing: live.version } };
}
