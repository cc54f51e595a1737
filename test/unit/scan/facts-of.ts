import type { HealthFacts } from '../../../lib/scan/rules/health.ts';
import { healthFacts } from '../../fakes/health-facts.ts';
import type { World } from './health-rows.ts';

/** The facts of a row. */
export function factsOf({ rejected: message, ...world }: World = {}): HealthFacts {
  const facts = healthFacts(world);
  if (message !== undefined) return { ...facts, file: { rejected: message } };
  return facts.wanted ? facts : { ...facts, file: undefined };
}
