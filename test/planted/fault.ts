import type { Mutant } from '../simulation/mutants/plant.ts';

/** A fault planted in a file of the project, and the test that has to notice it. */
export interface PlantedFault extends Mutant {
  /** A test file. */
  test: string;
  /** Of its tests those whose whole name has this. */
  only?: string;
}
