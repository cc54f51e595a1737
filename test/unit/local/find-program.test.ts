import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findProgram, searchPath } from '../../../local/setup/find-program.ts';
import { runCommand } from '../../../local/setup/run-command.ts';

const { PATH } = process.env;
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perennial-path-'));
});

afterEach(async () => {
  process.env.PATH = PATH;
  await rm(folder, { recursive: true });
});

describe('programs', () => {
  it("are looked for on the PATH, and then where root's are, which a plain user's PATH and that of su have not", () => {
    process.env.PATH = `/usr/bin${delimiter}/bin`;
    expect(searchPath().split(delimiter)).toEqual([
      ...['/usr/bin', '/bin'],
      ...['/usr/sbin', '/sbin', '/usr/local/sbin', '/usr/local/go/bin'],
    ]);
  });

  it('are named once each, and the folder of the moment is none of theirs', () => {
    process.env.PATH = `/usr/sbin${delimiter}${delimiter}/bin`;
    expect(searchPath().split(delimiter).slice(0, 3)).toEqual(['/usr/sbin', '/bin', '/sbin']);
  });

  it('run with that path, they and what they start', async () => {
    process.env.PATH = `${folder}${delimiter}/usr/bin${delimiter}/bin`;
    const program = join(folder, 'print-path');
    await writeFile(program, '#!/bin/sh\necho "$PATH"\n');
    await chmod(program, 0o755);
    expect(findProgram('print-path')).toBe(program);
    expect((await runCommand('print-path', [])).trim()).toBe(searchPath());
  });
});
