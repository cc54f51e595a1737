import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mutantsOf } from '../../../tools/mutants/job.ts';
import { brokenTests, resultsOf } from '../../../tools/mutants/results.ts';
import { runJob } from '../../../tools/mutants/run-job.ts';
import { whatOf } from '../../../tools/mutants/table.ts';

const FILE = 'test/fakes/mutants/count-down.ts';
const TEST = 'test/fakes/mutants/count-down.example.ts';

let folder: string;
let outcomes: Record<string, string>;
let seen: Awaited<ReturnType<typeof runJob>>;

/** As measureAll does: in all tests with what runs in them, then anew with what runs when a file is loaded. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perennial-mutant-runner-'));
  const { mutants, files } = mutantsOf([FILE]);
  const job = { files, testFiles: [TEST], near: { [TEST]: [FILE] } };
  seen = await runJob(folder, 'run', { ...job, ids: [...mutants.keys()] });
  const { atLoad } = resultsOf(mutants, seen);
  const more = await runJob(folder, 'load', { ...job, ids: atLoad, atLoad: true });
  const { results } = resultsOf(mutants, [...seen, ...more.filter((one) => !('loaded' in one))]);
  outcomes = Object.fromEntries(results.map(({ mutant, outcome }) => [whatOf(mutant), outcome]));
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the runner of mutants', () => {
  it.each([
    ['what a test fails with', 'arithmetic: steps += 1 -> steps -= 1'],
    ['a loop that is never entered', 'condition: left > 0 -> false'],
    ['a loop that does not end', 'arithmetic: left -= 1 -> left += 1'],
    ['a promise that is never kept', 'left out: done(); -> nothing'],
    ['a constant, read when the file is loaded', 'number: 3 -> 6'],
  ])('counts as noticed %s: %s', (_, what) => {
    expect(outcomes[what]).toBe('noticed');
  });

  it('counts as survived what no test looks at', () => {
    expect(outcomes['boundary: count > 1 -> count >= 1']).toBe('survived');
  });

  it('tells apart what no test runs', () => {
    expect(outcomes['number: 7 -> 14']).toBe('not reached');
  });

  it('comes to the end of every test', () => {
    const done = seen.flatMap((one) => ('done' in one ? one.done : []));
    expect(done.map((title) => title.replace(/ #.*/, ''))).toEqual(
      ['counts down', 'begins where it is to', 'waits', 'tells many from none'].map(
        (name) => `${TEST} > ${name}`,
      ),
    );
  });

  it('names a test that fails without a mutant, and believes nothing that it says', async () => {
    const { mutants, files } = mutantsOf([FILE]);
    const test = 'test/fakes/mutants/broken.example.ts';
    const broken = { files, testFiles: [test], near: { [test]: [FILE] }, ids: [0] };
    const said = await runJob(folder, 'broken', broken);
    expect(brokenTests(said)).toEqual([
      expect.stringMatching(/counts wrongly fails without a mutant: AssertionError/),
    ]);
    expect(resultsOf(mutants, said).results[0]?.outcome).not.toBe('noticed');
  });

  it('asks no test that never passes twice', async () => {
    const { mutants, files } = mutantsOf([FILE]);
    const test = 'test/fakes/mutants/unsteady.example.ts';
    const ids = [mutants.findIndex((one) => whatOf(one) === 'arithmetic: steps += 1 -> steps -= 1')];
    const said = await runJob(folder, 'unsteady', {
      files,
      testFiles: [test],
      near: { [test]: [FILE] },
      ids,
    });
    const by = said.flatMap((one) => ('noticed' in one ? one.test.replace(/ #.*/, '') : []));
    expect(by).toEqual([`${test} > counts down`]);
    expect(brokenTests(said)).toEqual([]);
  });
});
