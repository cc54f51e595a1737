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
    .argument('[names...]', 'of renewal files; everything that is due if none is given')
    .option('--force', 'renew the named ones whether due or not ("*" for all)')
    .option(
      '--ignore-budget',
      "with --force: renew even if the stack's own budget is used up; the CA's limits still apply",
    )
    .option(...LIMIT)
    .action(
      answering(([names = []], options: RenewOptions) =>
        import('../commands/renew.ts').then(({ renew }) => renew(names, options)),
      ),
    );

  addFileOptions(
    program
      .command('add')
      .description('writes a renewal file; the stack then issues the certificate')
      .argument(
        '<new-name>',
        'what to call the certificate in the bucket and on the hosts, such as example.com',
      ),
    { required: ['names'] },
  )
    .option('--force', 'replace a file that exists')
    .option('--wait', 'follow the first certificate to the hosts')
    .option('--dry-run', 'say what would happen and what would be written to the DNS, but write nothing')
    .option('--yes', 'agree to a new CAA set that also governs other names, and shuts other CAs out of them')
    .option(...LIMIT)
    .action(
      answering(([[name = ''] = []], options: AddOptions) =>
        import('../commands/add.ts').then(({ add }) => add(name, options)),
      ),
    );

  addFileOptions(
    program
      .command('edit')
      .description(
        'changes a renewal file with options, or in $EDITOR if none is given; checks the result first',
      )
      .argument('<name>', 'of the certificate'),
  )
    .option('--add-names <names>', 'DNS names to add to the present ones')
    .option('--remove-names <names>', 'DNS names to remove')
    .option('--unset <keys>', 'keys to remove, so that their defaults apply, such as profile,caa.iodef')
    .option('--wait', 'follow the result to the hosts')
    .option('--dry-run', 'say what would happen and what would be written to the DNS, but write nothing')
    .option('--yes', 'agree to a new CAA set that also governs other names, and shuts other CAs out of them')
    .option(...LIMIT)
    .action(
      answering(([[name = ''] = []], options: EditOptions) =>
        import('../commands/edit.ts').then(({ edit }) => edit(name, options)),
      ),
    );

  program
    .command('remove')
    .description(
      'removes a renewal file, so that the certificate is no longer renewed, and says what is left',
    )
    .argument('<name>', 'of the certificate')
    .option('--yes', 'do not ask')
    .option('--confirm <name>', 'the same, by repeating the name exactly')
    .action(
      answering(([[name = ''] = []], options: RemoveOptions) =>
        import('../commands/remove.ts').then(({ remove }) => remove(name, options)),
      ),
    );

  program
    .command('deploy')
    .description(
      'deploys the stack with your settings; with arguments: has hosts install the live versions, and follows that',
    )
    .argument('[groups or names...]', 'host groups or certificates ("*" for all); the stack if none is given')
    .option(...PARAM)
    .option('--ignore-window', 'install now, even outside the windows or during a freeze of a group')
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
    .description('has the CA revoke a certificate, and follows its replacement to the hosts')
    .argument('<name>', 'of the certificate')
    .requiredOption('--confirm <name>', 'the same name again, exactly')
    .requiredOption(
      '--reason <reason>',
      'keyCompromise, superseded, affiliationChanged, cessationOfOperation, unspecified',
    )
    .option('--version <version>', 'a version in archive/ instead of the live one')
    .option(...LIMIT)
    .action(
      answering(([[name = ''] = []], options: RevokeOptions) =>
        import('../commands/revoke.ts').then(({ revoke }) => revoke(name, options)),
      ),
    );

  program
    .command('restore')
    .description(
      'makes an archived version live again, pins it until it is released, and follows it to the hosts',
    )
    .argument('<name>', 'of the certificate')
    .argument('[version]', 'a version in archive/; the one before the live one if not given')
    .option('--release', 'release the pin: the newer version comes back, and is renewed as before')
    .option(...LIMIT)
    .action(
      answering(([[name = ''] = [], version], options: RestoreOptions) =>
        import('../commands/restore.ts').then(({ restore }) => restore(name, version?.[0], options)),
      ),
    );
}
