import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { KNOWN_FAULTS } from '../../simulation/mutants/known-faults.ts';
import { MUTANTS } from '../../simulation/mutants/mutants.ts';
import { filesOf, mutated, PARTS } from '../../simulation/mutants/plant.ts';
import { TOLD_MUTANTS } from '../../simulation/mutants/told-mutants.ts';

const PROJECT = join(import.meta.dirname, '../../..');

it('are at least twenty', () => {
  expect(new Set(MUTANTS.map(({ name }) => name)).size).toBeGreaterThanOrEqual(20);
});

it.each([...MUTANTS, ...TOLD_MUTANTS, ...KNOWN_FAULTS])('can be planted: $name', (mutant) => {
  for (const planted of filesOf(mutant)) {
    const text = readFileSync(join(PROJECT, planted.file), 'utf8');
    expect(mutated(text, planted)).not.toBe(text);
  }
});

it('take along all that the simulation imports', () => {
  const files = globSync('test/simulation/**/*.ts', { cwd: PROJECT });
  const imported = files.flatMap((file) => {
    const text = readFileSync(join(PROJECT, file), 'utf8');
    return [...text.matchAll(/from '(\.[^']+)'/g)].map(([, path = '']) => join(dirname(file), path));
  });
  expect(imported.length).toBeGreaterThan(100);
  expect(imported.filter((path) => !PARTS.some((part) => path.startsWith(`${part}/`)))).toEqual([]);
});
