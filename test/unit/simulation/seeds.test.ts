import { expect, it } from 'vitest';
import { run } from '../../simulation/run.ts';

const options = { years: 0.2, certificates: 4, until: undefined, show: undefined };

it.each([1n, 2n])('runs seed %s twice in the same way, with heavy faults', async (seed) => {
  const first = await run({ ...options, seed, heaviness: 'heavy' });
  const second = await run({ ...options, seed, heaviness: 'heavy' });
  expect(second.digest).toBe(first.digest);
  expect(first.world.calls.made).toBeGreaterThan(1_000);
});

it('breaks nothing in a world without faults', async () => {
  const { breaches, commits, world } = await run({ ...options, seed: 3n, heaviness: 'none' });
  expect([...breaches.first.keys()]).toEqual([]);
  expect(commits).toBe(world.trace.counts.get('committed'));
  expect(commits).toBeGreaterThan(4);
});

it('fails where the code under test reaches the clock past its port', async () => {
  await run({ ...options, years: 0.01, seed: 1n, heaviness: 'none' });
  expect(Date.now()).toBeGreaterThan(0);
  const { closeOutside } = await import('../../simulation/engine/outside.ts');
  closeOutside(true);
  expect(() => Date.now()).toThrow('now is reached in the simulation');
  closeOutside(false);
});
