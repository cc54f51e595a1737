import type { PlantedFault } from '../fault.ts';

/** What a check decides. */
export const CHECKS: readonly PlantedFault[] = [
  {
    name: 'the instant to renew is chosen where no check comes in time',
    file: 'lib/issuance/ca/rules/renewal-window.ts',
    edits: [[' - checkEveryHours * HOUR - UNTIL_ORDERED', '']],
    test: 'test/unit/issuance/renewal-window.test.ts',
  },
  {
    name: 'a new host waits for a renewal that is due',
    file: 'lib/delivery/deployment/rules/decide-deployments.ts',
    edits: [['awaitsRenewal && !hasNothing(record)', 'awaitsRenewal']],
    test: 'test/unit/delivery/host-record.test.ts',
  },
  {
    name: 'every host gets a version that is about to be replaced',
    file: 'lib/scan/scan.ts',
    edits: [['due !== undefined && deployed.awaitsRenewal', 'false']],
    test: 'test/unit/scan/scan.test.ts',
  },
  {
    name: 'one certificate without a file that cannot be read stops the sweep',
    file: 'lib/scan/assess-without-file.ts',
    edits: [['pMap(names, assessOrLeave,', 'pMap(names, assess,']],
    test: 'test/unit/issuance/outlived.test.ts',
  },
];
