import type { Command } from 'commander';
import { answering } from '../answering.ts';
import type { ChangesOptions } from '../commands/changes.ts';
import type { InitOptions } from '../commands/init.ts';
import type { TemplateOptions } from '../commands/template.ts';
import { runServerless, serverlessArguments } from './run-serverless.ts';

export const PARAM = ['--param <name=value...>', 'a setting for this command only'] as const;

/** `deploy` without arguments: the stack by serverless; with some `other` has it. */
export function stackOr(other: (...given: unknown[]) => Promise<void>) {
  return async (...given: unknown[]): Promise<void> => {
    const command = given.at(-1) as Command;
    if (command.args.length > 0) return other(...given);
    const { stage, region, param } = command.optsWithGlobals<{
      stage?: string;
      region?: string;
      param?: string[];
    }>();
    process.exitCode = await runServerless([
      'deploy',
      ...serverlessArguments({ stage, region, params: param }),
    ]);
  };
}

/** The commands that set up, deploy and compare a stack from the project's own files. */
export function addProjectCommands(program: Command): void {
  program
    .command('init')
    .description('asks for your settings, and writes them to settings.yml in this folder')
    .option('--contact <address>', 'mail address for the CA and for notices of trouble')
    .option('--agree-to-terms', "agree to the CA's terms of service")
    .option(
      '--domains <domains>',
      "domains to issue certificates for, separated by commas; the account's hosted zones if not given",
    )
    .option('--host-groups <groups>', 'such as web=container:nginx,edge=service,mail=hooks, or none')
    .option('--force', 'replace an existing settings.yml')
    .option('--yes', 'ask nothing')
    .action(
      answering((_, options: InitOptions) => import('../commands/init.ts').then(({ init }) => init(options))),
    );

  program
    .command('changes')
    .description(
      'shows what a deploy would change in the stack, by a CloudFormation change set; changes nothing',
    )
    .option(...PARAM)
    .action(
      answering((_, options: ChangesOptions) =>
        import('../commands/changes.ts').then(({ changes }) => changes(options)),
      ),
    );

  program
    .command('template')
    .description('writes a plain CloudFormation template with your settings, its zips and their checksums')
    .requiredOption('--output <folder>', 'a new or empty one')
    .option(...PARAM)
    .action(
      answering((_, options: TemplateOptions) =>
        import('../commands/template.ts').then(({ template }) => template(options)),
      ),
    );

  // In its own words: everything after the name is for serverless.
  program
    .command('serverless')
    .description(
      "runs the project's own serverless with this folder's settings: deploy, info, invoke, logs, remove …",
    )
    .argument('[arguments...]', 'passed to serverless as they are, such as: info --verbose')
    .allowUnknownOption()
    .helpOption(false)
    .action(async (args: string[], _options: unknown, command: Command) => {
      const { stage, region } = command.optsWithGlobals<{ stage?: string; region?: string }>();
      process.exitCode = await runServerless([...args, ...serverlessArguments({ stage, region })]);
    });
}
