import type { PlantedFault } from './fault.ts';
import { ADAPTERS } from './faults/adapters.ts';
import { CHECKS } from './faults/checks.ts';
import { COMMAND_LINE } from './faults/command-line.ts';
import { DELIVERY } from './faults/delivery.ts';
import { FUNCTIONS } from './faults/functions.ts';
import { HANDLERS } from './faults/handlers.ts';
import { HOST_CHECKS } from './faults/host-checks.ts';
import { HOST_SWAPS } from './faults/host-swaps.ts';
import { RECORDS_OF_ALL } from './faults/records.ts';
import { RENEWAL } from './faults/renewal.ts';
import { ROLES } from './faults/roles.ts';
import { SETTINGS_AND_FORMAT } from './faults/settings.ts';
import { STACK } from './faults/stack.ts';

/** What somebody may lose in the next change without seeing it: guards, orders of writes, wiring, settings. */
export const FAULTS: readonly PlantedFault[] = [
  ...RENEWAL,
  ...RECORDS_OF_ALL,
  ...DELIVERY,
  ...ADAPTERS,
  ...CHECKS,
  ...FUNCTIONS,
  ...HANDLERS,
  ...HOST_SWAPS,
  ...HOST_CHECKS,
  ...ROLES,
  ...STACK,
  ...COMMAND_LINE,
  ...SETTINGS_AND_FORMAT,
];
