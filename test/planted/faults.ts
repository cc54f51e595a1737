import type { PlantedFault } from './fault.ts';
import { ADAPTERS } from './faults/adapters.ts';
import { COMMAND_LINE } from './faults/command-line.ts';
import { DELIVERY } from './faults/delivery.ts';
import { FUNCTIONS } from './faults/functions.ts';
import { RENEWAL } from './faults/renewal.ts';
import { SETTINGS_AND_FORMAT } from './faults/settings.ts';

/** What somebody may lose in the next change without seeing it: guards, orders of writes, wiring, settings. */
export const FAULTS: readonly PlantedFault[] = [
  ...RENEWAL,
  ...DELIVERY,
  ...ADAPTERS,
  ...FUNCTIONS,
  ...COMMAND_LINE,
  ...SETTINGS_AND_FORMAT,
];
