import { end } from '../faults/clean-run.ts';
import { World } from '../faults/world.ts';
import { type InstallFixture, startInstallFixture } from '../integration/install-fixture.ts';
import { type Packaged, packageTwice } from './packaged.ts';
import { HOST } from './stack.ts';

/** What attacks need, each started when the first of them needs it, and once. */
export class Stages {
  #hosts: Promise<InstallFixture> | undefined;
  #packaged: Promise<Packaged> | undefined;
  #world: Promise<World> | undefined;
  #worlds = 0;

  /** Hosts with a real Nginx, and the real script. */
  hosts(): Promise<InstallFixture> {
    this.#hosts ??= startInstallFixture();
    return this.#hosts;
  }

  /** The stack's templates, and the text of AWS's managed policies. */
  packaged(): Promise<Packaged> {
    this.#packaged ??= packageTwice();
    return this.#packaged;
  }

  /** Does it in the deployed stack, which has nothing of other attacks in the way. */
  async inStack(attack: (world: World) => Promise<string>): Promise<string> {
    const sites = [{ serverName: 'hosted.example.com', lineage: 'hosted' }];
    this.#world ??= World.start({ hosts: [{ id: HOST, tags: { 'perennial-group': 'web' }, sites }] });
    const world = await this.#world;
    this.#worlds += 1;
    world.begin(`a${this.#worlds}`, 1);
    try {
      return await attack(world);
    } finally {
      world.clearFaults();
      await end(world);
    }
  }

  async stop(): Promise<void> {
    // What did not start has nothing to stop.
    const started = await Promise.allSettled([this.#hosts, this.#packaged, this.#world]);
    for (const one of started) if (one.status === 'fulfilled') await one.value?.stop();
  }
}
