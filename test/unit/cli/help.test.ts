import { describe, expect, it } from 'vitest';
import { buildProgram } from '../../../cli/program/program.ts';
import { read } from '../schema/judge.ts';

const commands = buildProgram().commands.filter((command) => command.name() !== 'complete');

it('docs/reference/command-line.md shows the help as it is', () => {
  expect(read('docs/reference/command-line.md')).toContain(buildProgram().helpInformation().trim());
});

describe('the help of', () => {
  it.each(commands.map((command) => [command.name(), command] as const))(
    '%s has what it does and the options of all commands',
    (_, command) => {
      const help = command.helpInformation();
      expect(command.description()).not.toBe('');
      for (const option of ['--stage <stage>', '--region <region>', '--json']) expect(help).toContain(option);
    },
  );

  it.each(commands.map((command) => [command.name(), command] as const))(
    '%s says what each argument and option is',
    (_, { registeredArguments, options }) => {
      const silent = [...registeredArguments, ...options].filter(({ description }) => !description);
      expect(silent.map((one) => ('flags' in one ? one.flags : one.name()))).toEqual([]);
    },
  );
});
