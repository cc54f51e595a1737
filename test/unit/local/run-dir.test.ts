import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeRunDir } from '../../../local/run-dir.ts';
import { isPebble } from '../../../local/setup/pebble.ts';

let parent: string;
beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'perennial-run-dir-'));
});
afterAll(() => rm(parent, { recursive: true, force: true }));

/** No process has it: Linux gives numbers up to 4194304. */
const GONE = 4_194_305;

describe('the folder of a run', () => {
  it('is another one each time, and only its user can enter it', async () => {
    const [one, other] = [await makeRunDir(parent, 'a-'), await makeRunDir(parent, 'a-')];
    expect(one).not.toBe(other);
    expect((await stat(one)).mode & 0o777).toBe(0o700);
  });

  it('replaces those that ended processes left, and nothing else', async () => {
    const kept = [`b-${process.pid}-x1`, `b-${GONE}`, 'b-other', `c-${GONE}-x1`];
    for (const name of [`b-${GONE}-x1`, ...kept]) await mkdir(join(parent, name));
    const made = await makeRunDir(parent, 'b-');
    const left = (await readdir(parent))
      .filter((name) => /^[bc]-/.test(name))
      .map((name) => join(parent, name));
    expect(left.sort()).toEqual([made, ...kept.map((name) => join(parent, name))].sort());
  });
});

it.each([
  ['Pebble version: dev', true],
  ['Pebble version: v2.10.1', true],
  ['Pebble version: 2.10.0', true],
  ['Pebble version: v3.0.0', true],
  ['Pebble version: v2.9.0', false],
  ['v1.26.0', false],
  ['', false],
])('a program that says "%s" is a Pebble to use: %s', async (said, expected) => {
  const program = join(parent, 'pebble');
  await writeFile(program, `#!/bin/sh\n[ "$1" = -version ] && echo '${said}'\n`, { mode: 0o755 });
  expect(await isPebble(program)).toBe(expected);
});
