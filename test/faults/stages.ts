import { type InstallFixture, startInstallFixture } from '../integration/install-fixture.ts';
import { type HostRow, type Row, runRow } from './row.ts';
import { World } from './world.ts';

/** What rows run on: one cloud for all, but for those that need one of their own; one set of hosts for those of hosts alone. */
export class Stages {
  readonly #seed: number;
  readonly #killRuns: number;
  readonly #lambdaShare: boolean;
  #shared: Promise<World> | undefined;
  #hosts: Promise<InstallFixture> | undefined;

  constructor({ seed, killRuns, lambdaShare }: { seed: number; killRuns: number; lambdaShare: boolean }) {
    this.#lambdaShare = lambdaShare;
    this.#seed = seed;
    this.#killRuns = killRuns;
  }

  /** Runs one row; throws for what does not hold, otherwise tells what was seen. */
  async run(row: Row | HostRow, say: (line: string) => void): Promise<string> {
    if ('onHosts' in row) {
      this.#hosts ??= startInstallFixture();
      return row.onHosts(await this.#hosts);
    }
    if (row.options === undefined) {
      this.#shared ??= World.start({ lambdaShare: this.#lambdaShare, say });
      const world = await this.#shared;
      Object.assign(world, { say, killRuns: this.#killRuns });
      return runRow(world, row, this.#seed);
    }
    const own = await World.start({ lambdaShare: this.#lambdaShare, say, ...row.options });
    try {
      return await runRow(own, row, this.#seed);
    } finally {
      await own.stop();
    }
  }

  async stop(): Promise<void> {
    // What did not start has nothing to stop.
    const started = await Promise.allSettled([this.#shared, this.#hosts]);
    for (const one of started) if (one.status === 'fulfilled') await one.value?.stop();
  }
}
