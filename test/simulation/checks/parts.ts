import type { World } from '../world/world.ts';
import type { Breaches } from './broken.ts';
import type { Opportunities } from './opportunities.ts';

/** What a check looks at, and where it reports. */
export interface Parts {
  world: World;
  breaches: Breaches;
  opportunities: Opportunities;
}
