import type { Command } from 'commander';
import { answering } from '../answering.ts';
import type { LogsOptions } from '../commands/logs.ts';
import type { OpenOptions } from '../commands/open.ts';

/** The commands that change nothing. */
export function addLooking(program: Command): void {
  program
    .command('status')
    .description('every certificate with its expiry, its hosts and what is wrong; the soonest trouble first')
    .action(answering((_, options) => import('../commands/status.ts').then(({ status }) => status(options))));

  program
    .command('plan')
    .description('what the next scan would do; changes nothing')
    .argument('[names...]', 'of renewal files; all without any')
    .action(
      answering(([names = []], options) =>
        import('../commands/plan.ts').then(({ plan }) => plan(names, options)),
      ),
    );

  program
    .command('show')
    .description(
      'one certificate: status, next decision, renewal file, what is live, hosts, copies in ACM, versions, failures',
    )
    .argument('<name>', 'of the certificate')
    .action(
      answering(([[name = ''] = []], options) =>
        import('../commands/show.ts').then(({ show }) => show(name, options)),
      ),
    );

  program
    .command('logs')
    .description('what the functions said of one certificate')
    .argument('<name>', 'of the certificate')
    .option('--since <time>', 'from when on: 30m, 2h, 7d or an instant such as 2026-11-20T02:00Z', '1d')
    .option('--follow', 'go on with what they say from now on, until Ctrl-C')
    .action(
      answering(([[name = ''] = []], options: LogsOptions) =>
        import('../commands/logs.ts').then(({ logs }) => logs(name, options)),
      ),
    );

  program
    .command('doctor')
    .description('what would stop a renewal or a deployment, and what to do; changes nothing')
    .argument('[names...]', 'of renewal files; all without any')
    .action(
      answering(([names = []], options) =>
        import('../commands/doctor.ts').then(({ doctor }) => doctor(names, options)),
      ),
    );

  program
    .command('open')
    .description('prints a link to the status page that works for a while, and opens it in the browser')
    .option('--print', 'print the link only')
    .option('--expires-in <seconds>', 'how long the link works for whoever has it', '900')
    .action(
      answering((_, options: OpenOptions) => import('../commands/open.ts').then(({ open }) => open(options))),
    );

  program
    .command('account')
    .description('our account at each CA: address, contact, age of its key, and what CAA binds to it')
    .action(
      answering((_, options) => import('../commands/account.ts').then(({ account }) => account(options))),
    );
}
