import { CommanderError } from 'commander';
import project from '../package.json' with { type: 'json' };
import { jsonText } from './answering.ts';
import { endWithBrokenPipe } from './output/quiet-pipe.ts';
import { buildProgram } from './program/program.ts';

for (const stream of [process.stdout, process.stderr]) endWithBrokenPipe(stream);
try {
  // As an option of the program it would also be taken from the --version of revoke.
  if (process.argv.length === 3 && process.argv[2] === '--version') console.log(project.version);
  else await buildProgram().parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : 2;
  // What commander says of it went to standard error.
  if (error.exitCode !== 0 && process.argv.includes('--json'))
    console.log(jsonText({ error: { reason: 'usage', message: usageOf(error) } }));
}

/** Of a line without a command, the help is all that was said. */
function usageOf({ code, message }: CommanderError): string {
  return code === 'commander.help'
    ? 'no command is given'
    : message.replace(/^error: /, '').replace('\n(Did', ' (did');
}
