import { join } from 'node:path';
import { findInOwnEnvironment } from './own-environment.ts';

export const MINISTACK_VERSION = '1.5.33';

/** MiniStack, a second emulator of AWS, for `npm run check` only; or one line that says why it cannot be had. */
export function findMinistack(): Promise<{ program: string } | string> {
  return findInOwnEnvironment({
    title: `MiniStack ${MINISTACK_VERSION}`,
    folder: `ministack-${MINISTACK_VERSION}`,
    requirements: join(import.meta.dirname, 'ministack.txt'),
    program: 'ministack',
  });
}
