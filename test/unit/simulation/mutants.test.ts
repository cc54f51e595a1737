import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { MUTANTS, mutated } from '../../simulation/mutants/mutants.ts';

const PROJECT = join(import.meta.dirname, '../../..');

it('are at least twenty', () => {
  expect(new Set(MUTANTS.map(({ name }) => name)).size).toBeGreaterThanOrEqual(20);
});

it.each(MUTANTS)('can be planted: $name', (mutant) => {
  const text = readFileSync(join(PROJECT, mutant.file), 'utf8');
  expect(mutated(text, mutant)).not.toBe(text);
});
