import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { PROJECT } from '../../../tools/check/run-tool.ts';
import { FAULTS } from '../../planted/faults.ts';
import { mutated } from '../../simulation/mutants/plant.ts';

it('planted faults have a name each', () => {
  expect(new Set(FAULTS.map(({ name }) => name)).size).toBe(FAULTS.length);
});

it.each(FAULTS)('can be planted, and has its test: $name', (fault) => {
  const text = readFileSync(join(PROJECT, fault.file), 'utf8');
  expect(mutated(text, fault)).not.toBe(text);
  expect(existsSync(join(PROJECT, fault.test))).toBe(true);
});

it("faults of the hosts' script are none that a shell refuses to read", () => {
  for (const fault of FAULTS.filter(({ file }) => file.endsWith('.sh'))) {
    const text = mutated(readFileSync(join(PROJECT, fault.file), 'utf8'), fault);
    expect(() => execFileSync('sh', ['-n'], { input: text }), fault.name).not.toThrow();
  }
});
