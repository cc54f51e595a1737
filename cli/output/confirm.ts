import { createInterface } from 'node:readline/promises';

/** Whether a person is there to be asked. */
export const isAsked = () => process.stdin.isTTY === true && process.stderr.isTTY === true;

/** Asks once; anything but `y` or `yes` is no. */
export async function confirm(question: string): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
  } finally {
    lines.close();
  }
}
