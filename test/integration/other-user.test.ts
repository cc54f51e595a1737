import { access } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeRunDir } from '../../local/run-dir.ts';
import { OtherUser } from './other-user.ts';

describe.skipIf(process.getuid?.() !== 0)('another user of the machine (needs root to become one)', () => {
  let user: OtherUser;

  beforeAll(async () => {
    user = await OtherUser.create();
  });
  afterAll(() => user?.remove());

  it('runs the demo without hosts, without root and without a container engine', async () => {
    const printed = await user.run([process.execPath, 'local/demo.ts', '--no-hosts']);
    expect(printed).toMatch(/\ndemo: 2 renewed, 1 not due, 1 rejected, without hosts, in \d+ s\n$/);
  }, 420_000);

  it("finds folders for temporary files that are nobody else's", async () => {
    const own = await makeRunDir(tmpdir(), 'perennial-code-');
    const program = `import { makeRunDir } from './local/run-dir.ts';
      console.log(await makeRunDir(${JSON.stringify(tmpdir())}, 'perennial-code-'));`;
    const printed = await user.run([process.execPath, '--input-type=module', '-e', program]);
    expect(printed).toMatch(/perennial-code-\d+-\w+\n$/);
    expect(printed.trim()).not.toBe(own);
    await expect(access(own)).resolves.toBeUndefined();
    expect(await user.run(['ls', own])).toContain('Permission denied');
  });
});
