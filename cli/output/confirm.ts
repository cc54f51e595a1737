import { createInterface } from 'node:readline/promises';

/** Whether a person is there to be asked. */
export const isAsked = () => process.stdin.isTTY === true && process.stderr.isTTY === true;

/** Asks once; anything but `y` or `yes` is no, Ctrl-C and Ctrl-D too. */
export async function confirm(
  question: string,
  streams: { input: NodeJS.ReadableStream; output: NodeJS.WritableStream } = {
    input: process.stdin,
    output: process.stderr,
  },
): Promise<boolean> {
  const lines = createInterface(streams);
  try {
    return /^y(es)?$/i.test((await lines.question(`${question} [y/N] `)).trim());
  } catch {
    streams.output.write('\n');
    return false;
  } finally {
    lines.close();
  }
}
