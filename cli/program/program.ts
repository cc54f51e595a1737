import { Command } from 'commander';
import { addProjectCommands } from '../project/commands.ts';
import { addChanging } from './changing.ts';
import { addLooking } from './looking.ts';
import { addMoving } from './moving.ts';
import { addShell } from './shell.ts';

const AFTER = `
Without --stage or PERENNIAL_STAGE, the only stack in the region is used. The region comes from --region, AWS_REGION,
AWS_DEFAULT_REGION or the profile; the region and the credentials are found the way the AWS CLI finds them.
Exit status: 0 all is well, 1 something is wrong or failed, 2 wrong usage or no stack that answers.
"perennial-tls --version" prints the version of this program.`;

/** The whole command line, with nothing carried out yet. */
export function buildProgram(): Command {
  const program = new Command('perennial-tls')
    .description('Manages the TLS certificates of a Perennial stack from the terminal')
    .option('--stage <stage>', 'the stage of the stack (or PERENNIAL_STAGE)')
    .option('--region <region>', 'the AWS region of the stack')
    .option('--json', 'answer with JSON')
    .addHelpText('after', AFTER)
    // The subcommands inherit both.
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({ outputError: (text, write) => write(inOneLine(text)) })
    .exitOverride()
    .hook('preAction', (command) => {
      const { region } = command.opts<{ region?: string }>();
      if (region) process.env.AWS_REGION = region;
    });
  for (const add of [addLooking, addChanging, addMoving, addProjectCommands, addShell]) add(program);
  return program;
}

/** Commander puts what was probably meant on a line of its own. */
const inOneLine = (text: string) => `${text.trim().replace(/\n\(Did you mean/, ' (did you mean')}\n`;
