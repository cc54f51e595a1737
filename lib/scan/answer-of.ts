import { firstThatFit, MOST_BYTES } from '../foundation/common/first-that-fit.ts';
import { isQuiet } from './log-lines.ts';
import type { Plan } from './rules/plan.ts';

/** The plan as an answer that Lambda takes: of too many certificates, those with something to do or to tell come first. */
export function answerOf(plan: Plan): Plan {
  const { certificates, ...rest } = plan;
  const room = MOST_BYTES - Buffer.byteLength(JSON.stringify(rest));
  if (firstThatFit(certificates, room).length === certificates.length) return plan;
  const told = certificates.filter((one) => !isQuiet(one));
  const shown = firstThatFit([...told, ...certificates.filter(isQuiet)], room);
  return { ...rest, certificates: shown, left: certificates.length - shown.length };
}
