import type { Command } from 'commander';
import { answering } from '../answering.ts';
import type { ChatOptions } from '../commands/chat.ts';
import type { EabOptions } from '../commands/eab.ts';
import type { ImportOptions } from '../commands/import.ts';
import { LIMIT } from './limit.ts';

/** What is brought in from elsewhere, and taken out. */
export function addMoving(program: Command): void {
  program
    .command('eab')
    .description(
      "stores the secret of a CA's external account, read from standard input, where only the stack can read it",
    )
    .argument('<kid>', 'the key identifier that the CA gave you')
    .option('--ca <directory>', "the CA's ACME directory; params.directoryUrl if not given")
    .action(
      answering(([[kid = ''] = []], options: EabOptions) =>
        import('../commands/eab.ts').then(({ eab }) => eab(kid, options)),
      ),
    );

  program
    .command('chat')
    .description(
      'sends what is mailed to a chat too; its webhook address is read from standard input and stored where only the stack can read it',
    )
    .argument('<name>', 'what to call it, such as ops')
    .option('--as <kind>', 'slack, teams or json; recognized from the address if not given')
    .option('--remove', 'stop sending to it')
    .action(
      answering(([[name = ''] = []], options: ChatOptions) =>
        import('../commands/chat.ts').then(({ chat }) => chat(name, options)),
      ),
    );

  program
    .command('import')
    .description("takes over another program's certificates, and follows them to the hosts")
    .argument('[folder]', 'of certbot, lego, acme.sh or dehydrated', '/etc/letsencrypt')
    .option('--hosts <groups>', 'host groups that serve them')
    .option('--dry-run', 'say what would be taken over, but write nothing')
    .option(...LIMIT)
    .action(
      answering(([[folder = ''] = []], options: ImportOptions) =>
        import('../commands/import.ts').then(({ importFolder }) => importFolder(folder, options)),
      ),
    );

  program
    .command('export')
    .description('writes the live certificates as a certbot folder, with their private keys')
    .argument('<folder>', 'a new or empty one')
    .argument('[names...]', 'of certificates; all of them if none is given')
    .action(
      answering(([[folder = ''] = [], names = []], options) =>
        import('../commands/export.ts').then(({ exportFolder }) => exportFolder(folder, names, options)),
      ),
    );
}
