import type { CloudOptions } from '../../local/cloud.ts';
import type { InstallFixture } from '../integration/install-fixture.ts';
import { end, heal } from './clean-run.ts';
import { checkInvariants, txtOf } from './invariants.ts';
import type { World } from './world.ts';

/** A fault of the list: what goes wrong, and what is expected of it beside the invariants. */
export interface Row {
  number: number;
  title: string;
  /** for a cloud of its own */
  options?: CloudOptions;
  /** Injects the fault and lets the run end; throws where it does not go as expected. What was seen, in a few words. */
  run(world: World): Promise<string>;
  /** expectations after the clean run */
  after?(world: World): Promise<void>;
  /** every certificate of the row is live in the end, unless this is false */
  endsLive?: boolean;
}

/** A fault on hosts alone, without the rest of the stack. */
export interface HostRow extends Pick<Row, 'number' | 'title'> {
  onHosts(fixture: InstallFixture): Promise<string>;
}

/** Runs a row, a clean run, and the invariants; throws for what does not hold. */
export async function runRow(world: World, row: Row, seed: number): Promise<string> {
  world.begin(row.number, seed);
  const before = txtOf(world);
  try {
    const seen = await row.run(world);
    await heal(world);
    await row.after?.(world);
    const checked = await checkInvariants(world, { ...before, ...world.foreignTxt });
    if (row.endsLive !== false) await requireLive(world);
    return `${seen}; ${checked.join(' ')}`;
  } finally {
    world.clearFaults();
    await end(world);
  }
}

async function requireLive({ line, subjects }: World): Promise<void> {
  const claims = await line.keys('pending/');
  for (const { name } of subjects) {
    if ((await line.pointer(name)) === undefined) throw new Error(`${name} is not live after the clean run`);
    if (claims.includes(`pending/${name}.json`)) throw new Error(`${name} is still claimed`);
  }
}
