import type { Command } from 'commander';
import { answering } from '../answering.ts';
import type { AddOptions } from '../commands/add.ts';
import type { DeployOptions } from '../commands/deploy.ts';
import type { EditOptions } from '../commands/edit.ts';
import type { RemoveOptions } from '../commands/remove.ts';
import type { RenewOptions } from '../commands/renew.ts';
import type { RestoreOptions } from '../commands/restore.ts';
import type { RevokeOptions } from '../commands/revoke.ts';
import { PARAM, stackOr } from '../project/commands.ts';
import { addFileOptions } from '../renewal-file/file-options.ts';
import { LIMIT } from './limit.ts';

/** The commands about certificates that change something. */
export function addChanging(program: Command): void {
  program
    .command('renew')
    .description('renews what is due, and follows each certificate to its hosts')
    .argument('[names...]', 'of renewal files; all that is due without any')
    .option('--force', 'renew those named, due or not ("*" for all)')
    .option('--ignore-budget', "with --force: although our own budget is spent; the CA's limits hold even so")
    .option(...LIMIT)
    .action(
      answering(([names = []], options: RenewOptions) =>
        import('../commands/renew.ts').then(({ renew }) => renew(names, options)),
      ),
    );

  addFileOptions(
    program
      .command('add')
      .description('writes a renewal file; the stack issues the certificate by itself')
      .argument('<new-name>', 'of the certificate in the bucket and on the hosts, such as example.com'),
    { required: ['names'] },
  )
    .option('--force', 'replace a file that exists')
    .option('--wait', 'follow the first issue to the hosts')
    .option('--dry-run', 'say what would come of it and be written to the DNS, and write nothing')
    .option('--yes', 'agree to a new CAA set above names of others, which shuts other CAs out')
    .option(...LIMIT)
    .action(
      answering(([[name = ''] = []], options: AddOptions) =>
        import('../commands/add.ts').then(({ add }) => add(name, options)),
      ),
    );

  addFileOptions(
    program
      .command('edit')
      .description('changes a renewal file by options, or in $EDITOR without any, and checks it first')
      .argument('<name>', 'of the certificate'),
  )
    .option('--add-names <names>', 'DNS names to add to those that it has')
    .option('--remove-names <names>', 'DNS names to take out')
    .option('--unset <keys>', 'keys to take out, so that their defaults hold, such as profile,caa.iodef')
    .option('--wait', 'follow what comes of it to the hosts')
    .option('--dry-run', 'say what would come of it and be written to the DNS, and write nothing')
    .option('--yes', 'agree to a new CAA set above names of others, which shuts other CAs out')
    .option(...LIMIT)
    .action(
      answering(([[name = ''] = []], options: EditOptions) =>
        import('../commands/edit.ts').then(({ edit }) => edit(name, options)),
      ),
    );

  program
    .command('remove')
    .description('removes a renewal file: the certificate is not renewed any more; says what stays')
    .argument('<name>', 'of the certificate')
    .option('--yes', 'without being asked')
    .option('--confirm <name>', 'the same, by its name again, letter by letter')
    .action(
      answering(([[name = ''] = []], options: RemoveOptions) =>
        import('../commands/remove.ts').then(({ remove }) => remove(name, options)),
      ),
    );

  program
    .command('deploy')
    .description(
      'deploys the stack with your settings; with words: has hosts install what is live, and follows it',
    )
    .argument('[groups or names...]', 'host groups, or certificates ("*" for all); the stack without any')
    .option(...PARAM)
    .option('--ignore-window', 'now, although the windows or freezes of a group say otherwise')
    .option(...LIMIT)
    .action(
      stackOr(
        answering(([wanted = []], options: DeployOptions) =>
          import('../commands/deploy.ts').then(({ deploy }) => deploy(wanted, options)),
        ),
      ),
    );

  program
    .command('revoke')
    .description('has the CA revoke a certificate, and follows the one that replaces it')
    .argument('<name>', 'of the certificate')
    .requiredOption('--confirm <name>', 'its name again, letter by letter')
    .requiredOption(
      '--reason <reason>',
      'keyCompromise, superseded, affiliationChanged, cessationOfOperation, unspecified',
    )
    .option('--version <version>', 'one in archive/, instead of the live one')
    .option(...LIMIT)
    .action(
      answering(([[name = ''] = []], options: RevokeOptions) =>
        import('../commands/revoke.ts').then(({ revoke }) => revoke(name, options)),
      ),
    );

  program
    .command('restore')
    .description('puts an archived version back, pins it until it is released, and follows it to the hosts')
    .argument('<name>', 'of the certificate')
    .argument('[version]', 'one in archive/; the one before the live one without it')
    .option('--release', 'end that: what is newer comes back, and is renewed as before')
    .option(...LIMIT)
    .action(
      answering(([[name = ''] = [], version], options: RestoreOptions) =>
        import('../commands/restore.ts').then(({ restore }) => restore(name, version?.[0], options)),
      ),
    );
}
