import * as z from 'zod/mini';
import { printable } from '../../lib/foundation/common/explain-issues.ts';
import { parseWrittenJson } from '../../lib/foundation/common/parse-json.ts';
import { CommandError } from '../command-error.ts';
import { listOf } from '../output/parse-options.ts';
import { FILE_OPTIONS, flagOf, isAnyGiven, isGiven, withKey, withOptions } from './file-options.ts';

/** What `edit` is given beside the keys of a renewal file. */
export interface ChangeOptions {
  addNames?: string;
  removeNames?: string;
  unset?: string;
}

type Given = ChangeOptions & Readonly<Record<string, unknown>>;

/** Whether the options say what to change. */
export const isChangeGiven = (given: Given) =>
  isAnyGiven(given) || [given.addNames, given.removeNames, given.unset].some((text) => text !== undefined);

/** A stored renewal file with what the options change; whether it keeps the rules is not looked at. Throws InputError. */
export function changeFile(body: string, given: Given, where: string): Record<string, unknown> {
  const stored = parseWrittenJson(body, z.record(z.string(), z.unknown()), {
    where,
    reason: 'renewal-file-invalid',
  });
  refuseContradictions(given);
  let file = withOptions(stored, given);
  for (const key of keysToUnset(given.unset)) file = withKey(file, key, undefined);
  const names = Array.isArray(file.names) ? file.names : [];
  const removed = listOf(given.removeNames);
  const stranger = removed.find((name) => !names.includes(name));
  if (stranger !== undefined)
    throw new CommandError('nothing-by-that-name', {
      seen: `${where} does not list "${printable(stranger)}"`,
      remedy: `it lists ${names.map((name) => printable(String(name))).join(', ')}`,
    });
  const added = listOf(given.addNames).filter((name) => !names.includes(name));
  if (removed.length + added.length === 0) return file;
  return { ...file, names: [...names.filter((name) => !removed.includes(name)), ...added] };
}

function keysToUnset(text: string | undefined): string[] {
  const known = [...FILE_OPTIONS.map(({ key }) => key), 'caa'];
  const keys = listOf(text);
  const stranger = keys.find((key) => !known.includes(key));
  if (stranger === undefined) return keys;
  throw new CommandError('file-key-unknown', {
    seen: `--unset: a renewal file has no key "${printable(stranger)}"`,
    remedy: `its keys are ${known.join(', ')}`,
  });
}

function refuseContradictions(given: Given): void {
  const refuse = (what: string) => {
    throw new CommandError('options-contradict', { seen: what, remedy: 'give one of them' });
  };
  for (const unset of listOf(given.unset)) {
    const set = FILE_OPTIONS.find(({ key }) => `${key}.`.startsWith(`${unset}.`) && isGiven(key, given));
    if (set) refuse(`--unset: "${printable(unset)}" is set by ${flagOf(set.key)} too`);
  }
  const added = listOf(given.addNames);
  const both = listOf(given.removeNames).find((name) => added.includes(name));
  if (both !== undefined) refuse(`--remove-names: "${printable(both)}" is in --add-names too`);
}
