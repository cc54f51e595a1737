import { findPythonProgram } from './python-program.ts';

export const MINISTACK_VERSION = '1.5.33';

/** MiniStack, a second emulator of AWS, for `npm run check` only; or one line that says why it cannot be had. */
export function findMinistack(): Promise<{ program: string } | string> {
  return findPythonProgram({ name: 'ministack', version: MINISTACK_VERSION, requirements: 'ministack' });
}
