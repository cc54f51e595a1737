import type { Command, Option } from 'commander';
import { KEY_TYPES } from '../../lib/foundation/certificate/renewal-file.ts';
import { FILE_OPTIONS, flagOf } from '../renewal-file/file-options.ts';
import { SHELLS } from './scripts.ts';

/** A word that may come next, with what it is. */
export interface Candidate {
  word: string;
  what: string;
}

/** The words that may come next, or of which kind they are. */
export type Candidates = Candidate[] | 'certificates' | 'files';

/** Values that an option or argument has, by what stands for it in the help. */
const VALUES: Readonly<Record<string, readonly string[]>> = {
  '--key': KEY_TYPES,
  '--challenge': ['dns-01', 'dns-persist-01'],
  '--caa-mode': ['manage', 'check', 'off'],
  '--reason': ['keyCompromise', 'superseded', 'affiliationChanged', 'cessationOfOperation', 'unspecified'],
  '--since': ['30m', '2h', '1d', '7d'],
  '--unset': FILE_OPTIONS.map(({ key }) => key).filter((key) => key !== 'names'),
  shell: SHELLS,
};
const CERTIFICATES = ['name', 'names', 'groups or names', '--confirm'];
const FILES = ['folder', flagOf('$schema')];

/** What may come at the last of the words, which may be empty; the words before it are whole. */
export function findCandidates(program: Command, words: readonly string[]): Candidates {
  const before = words.slice(0, -1);
  const current = words.at(-1) ?? '';
  const { command, waiting, positionals } = readWords(program, before);
  if (waiting) return valuesOf(waiting.long ?? waiting.flags);
  if (current.startsWith('-')) return optionsOf(program, command, before);
  if (command === program) return commandsOf(program);
  const last = command.registeredArguments.at(-1);
  const argument = command.registeredArguments[positionals] ?? (last?.variadic ? last : undefined);
  return argument ? valuesOf(argument.name()) : [];
}

/** How far a line has come: the command, an option that still wants its value, and how many arguments there are. */
function readWords(program: Command, words: readonly string[]) {
  let command = program;
  let waiting: Option | undefined;
  let positionals = 0;
  for (const word of words) {
    if (waiting) waiting = undefined;
    else if (word.startsWith('-')) waiting = optionNamed([command, program], word);
    else if (command === program) command = program.commands.find((one) => one.name() === word) ?? program;
    else positionals += 1;
  }
  return { command, waiting, positionals };
}

/** The option that a word is, where its value comes as the next word. */
function optionNamed(commands: readonly Command[], word: string): Option | undefined {
  const found = commands.flatMap(({ options }) => options).find(({ long }) => long === word);
  return found && !found.isBoolean() && !found.negate ? found : undefined;
}

function commandsOf(program: Command): Candidate[] {
  const { visibleCommands } = program.createHelp();
  return visibleCommands.call(program.createHelp(), program).map((command) => ({
    word: command.name(),
    what: command.description(),
  }));
}

function optionsOf(program: Command, command: Command, before: readonly string[]): Candidate[] {
  const own = command === program ? [] : command.options;
  return [...own, ...program.options].flatMap(({ long, description }) =>
    long === undefined || long === null || before.includes(long) ? [] : { word: long, what: description },
  );
}

function valuesOf(what: string): Candidates {
  if (CERTIFICATES.includes(what)) return 'certificates';
  if (FILES.includes(what)) return 'files';
  return (VALUES[what] ?? []).map((word) => ({ word, what: '' }));
}
