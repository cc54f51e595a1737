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
      "puts the secret of a CA's external account, from standard input, where only the stack reads it",
    )
    .argument('<kid>', 'the key identifier that the CA gave you')
    .option('--ca <directory>', "the CA's ACME directory; params.directoryUrl without it")
    .action(
      answering(([[kid = ''] = []], options: EabOptions) =>
        import('../commands/eab.ts').then(({ eab }) => eab(kid, options)),
      ),
    );

  program
    .command('chat')
    .description(
      'has a chat told what people are mailed: by the address of its webhook, from standard input, which only the stack reads',
    )
    .argument('<name>', 'what to call it, such as ops')
    .option('--as <kind>', 'slack, teams or json; as the address tells without it')
    .option('--remove', 'tell it nothing more')
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
    .option('--dry-run', 'say what would be taken over, and write nothing')
    .option(...LIMIT)
    .action(
      answering(([[folder = ''] = []], options: ImportOptions) =>
        import('../commands/import.ts').then(({ importFolder }) => importFolder(folder, options)),
      ),
    );

  program
    .command('export')
    .description("writes what is live as certbot's folder, with the private keys")
    .argument('<folder>', 'to be made, or empty')
    .argument('[names...]', 'of certificates; all without any')
    .action(
      answering(([[folder = ''] = [], names = []], options) =>
        import('../commands/export.ts').then(({ exportFolder }) => exportFolder(folder, names, options)),
      ),
    );
}
