import { Command, CommanderError } from 'commander';
import project from '../package.json' with { type: 'json' };
import { answering } from './answering.ts';
import type { AddOptions } from './commands/add.ts';
import type { ChatOptions } from './commands/chat.ts';
import type { DeployOptions } from './commands/deploy.ts';
import type { EabOptions } from './commands/eab.ts';
import type { ImportOptions } from './commands/import.ts';
import type { RemoveOptions } from './commands/remove.ts';
import type { RenewOptions } from './commands/renew.ts';
import type { RestoreOptions } from './commands/restore.ts';
import type { RevokeOptions } from './commands/revoke.ts';
import { endWithBrokenPipe } from './output/quiet-pipe.ts';

const AFTER = `
Without --stage or PERENNIAL_STAGE, the one stack of the region is taken. The region is --region, AWS_REGION,
AWS_DEFAULT_REGION or that of the profile; it and credentials are found as by the AWS CLI.
Exit status: 0 all is well, 1 something is not or failed, 2 wrong usage or nobody to ask.
"perennial-tls --version" prints the version of this program.`;

const LIMIT = ['--limit <seconds>', 'follow it no longer than this', '600'] as const;

const program = new Command('perennial-tls')
  .description('TLS certificates of a Perennial stack, from the terminal')
  .option('--stage <stage>', 'the stage of the stack (or PERENNIAL_STAGE)')
  .option('--region <region>', 'where the stack is')
  .option('--json', 'answer with JSON')
  .addHelpText('after', AFTER)
  .exitOverride()
  .hook('preAction', (command) => {
    const { region } = command.opts<{ region?: string }>();
    if (region) process.env.AWS_REGION = region;
  });

program
  .command('status')
  .description('every certificate with its expiry, its hosts and what is wrong; the soonest trouble first')
  .action(answering((_, options) => import('./commands/status.ts').then(({ status }) => status(options))));

program
  .command('plan')
  .description('what the next scan would do; changes nothing')
  .argument('[names...]', 'of renewal files; all without any')
  .action(
    answering(([names = []], options) =>
      import('./commands/plan.ts').then(({ plan }) => plan(names, options)),
    ),
  );

program
  .command('show')
  .description(
    'one certificate: its status, its renewal file, what is live of it, its versions, its last failure',
  )
  .argument('<name>', 'of the certificate')
  .action(
    answering(([[name = ''] = []], options) =>
      import('./commands/show.ts').then(({ show }) => show(name, options)),
    ),
  );

program
  .command('doctor')
  .description('what would stop a renewal or a deployment, and what to do; changes nothing')
  .argument('[names...]', 'of renewal files; all without any')
  .action(
    answering(([names = []], options) =>
      import('./commands/doctor.ts').then(({ doctor }) => doctor(names, options)),
    ),
  );

program
  .command('renew')
  .description('renews what is due, and follows each certificate to its hosts')
  .argument('[names...]', 'of renewal files; all that is due without any')
  .option('--force', 'renew those named, due or not ("*" for all)')
  .option('--ignore-budget', "with --force: although our own budget is spent; the CA's limits hold even so")
  .option(...LIMIT)
  .action(
    answering(([names = []], options: RenewOptions) =>
      import('./commands/renew.ts').then(({ renew }) => renew(names, options)),
    ),
  );

program
  .command('add')
  .description('writes a renewal file; the stack issues the certificate by itself')
  .argument('<name>', 'of the certificate in the bucket and on the hosts, such as example.com')
  .requiredOption('--names <names>', 'DNS names, with commas between them')
  .option('--hosts <groups>', 'host groups that serve it')
  .option('--server-names <names>', 'names to ask a host for, where there is only a wildcard')
  .option('--key <type>', 'ecdsa-p256, ecdsa-p384, rsa-2048, rsa-3072 or rsa-4096')
  .option('--profile <profile>', "the CA's profile")
  .option('--ca <directories>', 'ACME directories, in the order in which they are tried')
  .option('--zone-role <role>', 'a role of params.zoneRoles')
  .option('--renew-before-days <days>', 'days before expiry')
  .option('--force', 'replace a file that exists')
  .option('--wait', 'follow the first issue to the hosts')
  .option('--dry-run', 'say what would come of it and be written to the DNS, and write nothing')
  .option('--yes', 'agree to a new CAA set above names of others, which shuts other CAs out')
  .option(...LIMIT)
  .action(
    answering(([[name = ''] = []], options: AddOptions) =>
      import('./commands/add.ts').then(({ add }) => add(name, options)),
    ),
  );

program
  .command('remove')
  .description('removes a renewal file: the certificate is not renewed any more, and what is live stays')
  .argument('<name>', 'of the certificate')
  .requiredOption('--confirm <name>', 'its name again, letter by letter')
  .action(
    answering(([[name = ''] = []], options: RemoveOptions) =>
      import('./commands/remove.ts').then(({ remove }) => remove(name, options)),
    ),
  );

program
  .command('deploy')
  .description('has the hosts install what is live, and follows it')
  .argument('[groups or names...]', 'host groups, or certificates; all without any')
  .option('--ignore-window', 'now, although the windows or freezes of a group say otherwise')
  .option(...LIMIT)
  .action(
    answering(([wanted = []], options: DeployOptions) =>
      import('./commands/deploy.ts').then(({ deploy }) => deploy(wanted, options)),
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
      import('./commands/revoke.ts').then(({ revoke }) => revoke(name, options)),
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
      import('./commands/restore.ts').then(({ restore }) => restore(name, version?.[0], options)),
    ),
  );

program
  .command('eab')
  .description(
    "puts the secret of a CA's external account, from standard input, where only the stack reads it",
  )
  .argument('<kid>', 'the key identifier that the CA gave you')
  .option('--ca <directory>', "the CA's ACME directory; params.directoryUrl without it")
  .action(
    answering(([[kid = ''] = []], options: EabOptions) =>
      import('./commands/eab.ts').then(({ eab }) => eab(kid, options)),
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
      import('./commands/chat.ts').then(({ chat }) => chat(name, options)),
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
      import('./commands/import.ts').then(({ importFolder }) => importFolder(folder, options)),
    ),
  );

program
  .command('export')
  .description("writes what is live as certbot's folder, with the private keys")
  .argument('<folder>')
  .argument('[names...]', 'of certificates; all without any')
  .action(
    answering(([[folder = ''] = [], names = []], options) =>
      import('./commands/export.ts').then(({ exportFolder }) => exportFolder(folder, names, options)),
    ),
  );

for (const stream of [process.stdout, process.stderr]) endWithBrokenPipe(stream);
try {
  // As an option of the program it would also be taken from the --version of revoke.
  if (process.argv.length === 3 && process.argv[2] === '--version') console.log(project.version);
  else await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? 0 : 2;
}
