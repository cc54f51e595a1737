import { createInterface, type Interface } from 'node:readline/promises';
import { ProjectError } from './project-error.ts';

/** Asks a person at the terminal. */
export interface Asker {
  /** The answer, or `fallback` for none; again, with what is wrong, until there is nothing wrong with it. */
  ask(
    question: string,
    options?: { fallback?: string; complaint?: (answer: string) => string | undefined },
  ): Promise<string>;
  /** Anything but `y` or `yes` is no. */
  agrees(question: string): Promise<boolean>;
  say(line: string): void;
}

/** Runs `work` with someone who asks on standard error and reads standard input. */
export async function withAsker<Result>(work: (asker: Asker) => Promise<Result>): Promise<Result> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  // Ctrl-C and Ctrl-D end the questions, and write nothing.
  const ended = new AbortController();
  lines.once('close', () => ended.abort());
  lines.once('SIGINT', () => lines.close());
  try {
    return await work(askerOf(lines, ended.signal));
  } catch (error) {
    if (!ended.signal.aborted) throw error;
    process.stderr.write('\n');
    throw new ProjectError('settings-missing', 'ended before all was answered; nothing was written');
  } finally {
    lines.close();
  }
}

function askerOf(lines: Interface, signal: AbortSignal): Asker {
  const say = (line: string) => process.stderr.write(`${line}\n`);
  const question = async (text: string) => (await lines.question(text, { signal })).trim();
  return {
    say,
    async ask(text, { fallback = '', complaint = () => undefined } = {}) {
      for (;;) {
        const answer =
          (await question(fallback === '' ? `${text}: ` : `${text} [${fallback}]: `)) || fallback;
        const wrong = answer === '' ? 'it is needed' : complaint(answer);
        if (wrong === undefined) return answer;
        say(`  ${wrong}`);
      }
    },
    agrees: async (text) => /^y(es)?$/i.test(await question(`${text} [y/N] `)),
  };
}
