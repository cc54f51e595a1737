import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT } from '../../../tools/check/run-tool.ts';
import { complaints, readAccepted, readBaseline } from '../../../tools/mutants/baseline.ts';
import { findMutants } from '../../../tools/mutants/find-mutants.ts';
import { whatOf } from '../../../tools/mutants/table.ts';

describe.each(Object.entries(readAccepted()))('accepted survivors of %s', (file, accepted) => {
  it('are mutants that the code still has, each with a reason', () => {
    const mutants = findMutants(file, readFileSync(join(PROJECT, file), 'utf8'));
    const known = mutants.map((mutant) => `${mutant.code} | ${whatOf(mutant)}`);
    for (const [what, why] of Object.entries(accepted)) {
      expect(known).toContain(what);
      expect(why).toMatch(/^(equivalent|accepted): ./);
    }
  });
});

describe('a file', () => {
  it.each([
    ['with as many survivors as before is well', { mutants: 50, survived: 3 }, []],
    ['with fewer is well', { mutants: 50, survived: 2 }, []],
    ['with more is named', { mutants: 50, survived: 4 }, [expect.stringContaining('a.ts: 4 of 50')]],
  ])('%s', (_, counted, said) => {
    expect(complaints({ 'a.ts': counted }, { 'a.ts': { mutants: 50, survived: 3 } })).toEqual(said);
  });

  it('that was not measured yet is held to nothing', () => {
    expect(complaints({ 'a.ts': { mutants: 50, survived: 50 } }, {})).toEqual([]);
  });

  it('of the baseline is one of the project', () => {
    for (const file of Object.keys(readBaseline()))
      expect(() => readFileSync(join(PROJECT, file))).not.toThrow();
  });
});
