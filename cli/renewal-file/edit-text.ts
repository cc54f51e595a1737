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
  const { status, signal } = whileInterruptible(() =>
    // It may have arguments of its own, as in `code --wait`.
    spawnSync('sh', ['-c', `${editor} "$1"`, 'sh', path], { stdio: 'inherit' }),
  );
  const left = await readFile(path, 'utf8').catch(() => undefined);
  if (status === 0 && left !== undefined) return { text: left, path, discard };
  const isKept = left !== undefined && left !== text;
  if (!isKept) await discard();
  const ending = status === 0 ? 'left no file' : `ended with ${signal ?? `status ${status}`}`;
  throw new CommandError('editor-failed', {
    seen: `the editor (${editor}) ${ending}`,
    remedy: isKept ? `nothing was written; your text is in ${path}` : 'nothing was written',
  });
}

/** Ctrl-C in an editor goes to us too. */
function whileInterruptible<Result>(work: () => Result): Result {
  const pass = () => undefined;
  process.on('SIGINT', pass);
  try {
    return work();
  } finally {
    process.off('SIGINT', pass);
  }
}
