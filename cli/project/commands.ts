import type { Command } from 'commander';
import { answering } from '../answering.ts';
import type { InitOptions } from '../commands/init.ts';

/** The commands that set up and deploy a stack, which need none. */
export function addProjectCommands(program: Command): void {
  program
    .command('init')
    .description('asks for your settings, and writes settings.yml in this folder')
    .option('--contact <address>', 'mail address for the CA, and for notices of trouble')
    .option('--agree-to-terms', "that you agree to the CA's terms of service")
    .option(
      '--domains <domains>',
      'to issue certificates for, with commas; the hosted zones of the account without it',
    )
    .option('--host-groups <groups>', 'such as web=container:nginx,edge=service,mail=hooks, or none')
    .option('--force', 'replace a settings.yml that exists')
    .option('--yes', 'ask nothing')
    .action(
      answering((_, options: InitOptions) => import('../commands/init.ts').then(({ init }) => init(options))),
    );
}
