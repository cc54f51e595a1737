import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalCloud, startCloud } from '../../local/cloud.ts';

const projectDir = join(import.meta.dirname, 'fixtures/project');
const lines: string[] = [];
let cloud: LocalCloud;

beforeAll(async () => {
  cloud = await startCloud({ projectDir });
  cloud.onFunctionLog((name, line) => lines.push(`${name}: ${line}`));
  await cloud.deploy();
});

afterAll(() => cloud?.stop());

/** Runs an ordinary program as a user of the local cloud would. */
async function run(program: string, args: string[], input = ''): Promise<string> {
  const running = promisify(execFile)(program, args, {
    cwd: projectDir,
    env: { ...process.env, ...cloud.env },
    timeout: 30_000,
  });
  running.child.stdin?.end(input);
  return (await running).stdout;
}

const serverless = (...args: string[]) =>
  run(join(import.meta.dirname, '../../node_modules/.bin/serverless'), args);
const looked = () => lines.filter((line) => line.startsWith('fixture-local-look: looked'));

describe('the local cloud', () => {
  it('runs what the real serverless deployed when the real serverless invokes it', async () => {
    const answer = JSON.parse(await serverless('invoke', '-f', 'look', '--data', '{"by":"hand"}'));
    expect(answer).toEqual({ bucket: 'fixture-shelf', newOrder: expect.stringMatching(/^https:\/\/127/) });
    expect(looked()).toEqual(['fixture-local-look: looked {"by":"hand"}']);
  });

  it('starts a function when the AWS CLI copies a file into a bucket', async () => {
    lines.length = 0;
    await run(join(cloud.parts.venvBin, 'aws'), ['s3', 'cp', '-', 's3://fixture-shelf/a.json'], '{}');
    await cloud.idle(10_000);
    expect(looked()).toHaveLength(1);
    expect(looked()[0]).toContain('"key":"a.json"');
  });

  it('starts a function when its schedule is fired', async () => {
    lines.length = 0;
    await cloud.fireSchedule((expression) => expression === 'rate(1 hour)');
    await cloud.idle(10_000);
    expect(looked()).toEqual(['fixture-local-look: looked {"start":"hourly"}']);
  });

  it('logs the calls of a user apart from those of a function', async () => {
    const put = cloud.calls.matching({ service: 's3', action: 'PutObject', principal: 'user' });
    expect(put.at(-1)).toMatchObject({ resource: 'fixture-shelf/a.json', status: 200 });
  });

  it("leaves nothing behind when it stops, and tells of each request that is not as AWS's API model has it", async () => {
    const { dir, pebble, venvBin } = cloud.parts;

    const entry = { Source: 'x', DetailType: '', Detail: '{}' };
    const entries = JSON.stringify([entry]);
    await run(join(venvBin, 'aws'), ['events', 'put-events', '--entries', entries]);
    await expect(cloud.stop()).rejects.toThrow(
      "not as AWS's API model has it:\nuser: events PutEvents: Entries[0].DetailType: missing",
    );
    expect(existsSync(dir)).toBe(false);
    await expect(fetch(cloud.endpoint)).rejects.toThrow();
    await expect(fetch(pebble.managementUrl)).rejects.toThrow();
  });
});
