import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { oneLine } from '../../lib/foundation/common/one-line.ts';

/** Where serverless.yml is: a clone, or what npm installed. */
export const PROJECT = join(import.meta.dirname, '../..');

/** A person's settings, in the folder in which the command is given. */
export const settingsFile = (): string => resolve(process.env.PERENNIAL_SETTINGS || 'settings.yml');

/** What is wrong with a text as settings.yml, in one line, by the check of a deploy; `undefined` if nothing is. */
export function complaintAboutSettings(text: string): string | undefined {
  const { parseSettings } = createRequire(import.meta.url)('../../resources/settings.cjs');
  try {
    parseSettings(text, settingsFile());
    return undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    // It is not written yet, so there is nothing to mend there.
    return oneLine(message.replace(/^\S+: (default\.)?/, '').replace(/; mend it there.*$/, ''), 1_000);
  }
}
