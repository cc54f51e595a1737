import type { Command } from 'commander';
import { answering } from '../answering.ts';
import type { LogsOptions } from '../commands/logs.ts';
import type { OpenOptions } from '../commands/open.ts';

/** The commands that change nothing. */
export function addLooking(program: Command): void {
  program
    .command('status')
    .description(
      'shows every certificate with its expiry, its hosts and what is wrong, the most urgent first',
    )
    .action(answering((_, options) => import('../commands/status.ts').then(({ status }) => status(options))));

  program
    .command('plan')
    .description('shows what the next scan would do; changes nothing')
    .argument('[names...]', 'of renewal files; all of them if none is given')
    .action(
      answering(([names = []], options) =>
        import('../commands/plan.ts').then(({ plan }) => plan(names, options)),
      ),
    );

  program
    .command('show')
    .description(
      'shows one certificate: status, next decision, renewal file, live version, hosts, copies in ACM, versions, failures',
    )
    .argument('<name>', 'of the certificate')
    .action(
      answering(([[name = ''] = []], options) =>
        import('../commands/show.ts').then(({ show }) => show(name, options)),
      ),
    );

  program
    .command('logs')
    .description('prints what the functions logged about one certificate')
    .argument('<name>', 'of the certificate')
    .option('--since <time>', 'how far back to go: 30m, 2h, 7d, or a time such as 2026-11-20T02:00Z', '1d')
    .option('--follow', 'keep printing new lines until Ctrl-C')
    .action(
      answering(([[name = ''] = []], options: LogsOptions) =>
        import('../commands/logs.ts').then(({ logs }) => logs(name, options)),
      ),
    );

  program
    .command('doctor')
    .description(
      'checks for whatever would stop a renewal or a deployment, and says what to do; changes nothing',
    )
    .argument('[names...]', 'of renewal files; all of them if none is given')
    .action(
      answering(([names = []], options) =>
        import('../commands/doctor.ts').then(({ doctor }) => doctor(names, options)),
      ),
    );

  program
    .command('open')
    .description('prints a temporary link to the status page, and opens it in the browser')
    .option('--print', 'only print the link')
    .option('--expires-in <seconds>', 'how long the link works, for anyone who has it', '900')
    .action(
      answering((_, options: OpenOptions) => import('../commands/open.ts').then(({ open }) => open(options))),
    );

  program
    .command('account')
    .description(
      "shows the stack's account at each CA: URL, contact, age of its key, and the CAA values bound to it",
    )
    .action(
      answering((_, options) => import('../commands/account.ts').then(({ account }) => account(options))),
    );
}
