import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandError } from '../command-error.ts';

/** A text as a person left it in the editor, and the file that has it until `discard`. */
export interface EditedText {
  text: string;
  path: string;
  discard: () => Promise<void>;
}

/** Opens a text in $VISUAL or $EDITOR, as git does, and waits for its end. Throws {@link CommandError}. */
export async function editText(name: string, text: string): Promise<EditedText> {
  const editor = process.env.VISUAL || process.env.EDITOR;
  if (!editor)
    throw new CommandError('nothing-to-edit', {
      seen: 'no option says what to change, and EDITOR names no editor',
      remedy: 'give an option, such as --add-names, or set EDITOR',
    });
  const folder = await mkdtemp(join(tmpdir(), 'perennial-'));
  const discard = () => rm(folder, { recursive: true, force: true });
  const path = join(folder, `${name}.json`);
  await writeFile(path, text, { mode: 0o600 });
  // It may have arguments of its own, as in `code --wait`.
  const { status } = spawnSync('sh', ['-c', `${editor} "$1"`, 'sh', path], { stdio: 'inherit' });
  if (status !== 0) {
    await discard();
    throw new CommandError('editor-failed', {
      seen: `the editor (${editor}) ended with status ${status}`,
      remedy: 'nothing was written',
    });
  }
  return { text: await readFile(path, 'utf8'), path, discard };
}
