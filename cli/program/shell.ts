import type { Command } from 'commander';
import { answering } from '../answering.ts';

/** What a shell asks: its script, and then for each word. */
export function addShell(program: Command): void {
  program
    .command('completion')
    .description('prints the script that lets a shell complete commands, options and names')
    .argument('<shell>', 'bash, zsh or fish')
    .action(
      answering(([[shell = ''] = []]) =>
        import('../commands/completion.ts').then(({ completion }) => completion(shell)),
      ),
    );

  program
    .command('complete', { hidden: true })
    .argument('[words...]', 'of the line, after "--"; the last one is to be completed')
    .action(async (words: string[]) => {
      const { printCandidates } = await import('../completion/print-candidates.ts');
      await printCandidates(program, words);
    });
}
