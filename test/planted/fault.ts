import type { Mutant } from '../simulation/mutants/plant.ts';

/** A fault planted in a file of the project, and the test that has to notice it. */
export interface PlantedFault extends Mutant {
  /** A test file. */
  test: string;
  /** Of its tests those whose whole name has this. */
  only?: string;
}

/** Faults of the hosts' script that a file of test/host-script has to notice, by a test with `only` in its name. */
export const hostFaults =
  (file: string) =>
  (name: string, from: string, to: string, only: string): PlantedFault => ({
    name: `host: ${name}`,
    file: 'lib/delivery/deployment/host/install.sh',
    edits: [[from, to]],
    test: `test/host-script/${file}.test.ts`,
    only,
  });
