import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { packageStack, SAMPLE_PARAMS } from '../../tools/check/package-stack.ts';
import { PROJECT, runTool } from '../../tools/check/run-tool.ts';
import { venvBin } from './fixtures/venv.ts';

const BUCKET = 'perennial-production-bucket-1a2b3c4d5e6f';
let folder: string;
let file: string;
let text: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perennial-bucket-'));
  file = await packageStack({ stage: 'production', folder, params: { ...SAMPLE_PARAMS, bucket: BUCKET } });
  text = await readFile(file, 'utf8');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

it('with a bucket of before the template makes none, and names that one wherever it named its own', () => {
  const { Resources, Outputs } = JSON.parse(text);
  expect(Resources.Bucket).toBeUndefined();
  expect(Resources.ScanLambdaFunction.Properties.Environment.Variables.BUCKET).toBe(BUCKET);
  expect(Resources.BucketPolicy.Properties.Bucket).toBe(BUCKET);
  expect(Outputs.Bucket.Value).toBe(BUCKET);
  expect(text).not.toMatch(/"Ref": ?"Bucket"|\["Bucket",|\$\{Bucket[.}]/);
});

it('is clean for cfn-lint', async () => {
  await runTool(join(await venvBin(), 'cfn-lint'), [file], { cwd: PROJECT });
});
