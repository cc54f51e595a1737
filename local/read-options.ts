import { parseArgs } from 'node:util';
import { SetupError } from './setup/setup-error.ts';

/** The options of a program of the local cloud, which npm gives after `--`. Throws SetupError with one line. */
export function readOptions(program: string, args = process.argv.slice(2)): { withoutHosts: boolean } {
  try {
    const { values } = parseArgs({ args, options: { 'no-hosts': { type: 'boolean', default: false } } });
    return { withoutHosts: values['no-hosts'] };
  } catch (cause) {
    const [seen = ''] = (cause as Error).message.split('. ');
    throw new SetupError(
      `${seen}: ${program} -- --no-hosts leaves the hosts out, and takes no other option`,
      {
        cause,
      },
    );
  }
}
