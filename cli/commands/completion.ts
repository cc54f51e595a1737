import { join } from 'node:path';
import { printable } from '../../lib/foundation/common/explain-issues.ts';
import type { Answer } from '../answer.ts';
import { CommandError } from '../command-error.ts';
import { SHELLS, scriptFor } from '../completion/scripts.ts';

/** What npx starts, and any Node that is old enough to be found first can read. */
const PROGRAM = join(import.meta.dirname, '../perennial.mjs');

/** `perennial-tls completion`: the script of a shell. */
export async function completion(wanted: string): Promise<Answer> {
  const shell = SHELLS.find((one) => one === wanted);
  if (!shell)
    throw new CommandError('shell-unknown', {
      seen: `there is no completion for "${printable(wanted)}"`,
      remedy: `name ${SHELLS.join(', ')}`,
    });
  const script = scriptFor(shell, PROGRAM);
  return { ok: true, json: { shell, script }, text: script };
}
