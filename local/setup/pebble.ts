import { join } from 'node:path';
import { findProgram } from './find-program.ts';
import type { Part } from './part.ts';
import { runCommand } from './run-command.ts';
import { SetupError } from './setup-error.ts';

const version = 'v2.10.1';

/** Of what Pebble 2.10 brought, the tests use dns-persist-01. */
const OLDEST = [2, 10] as const;

/** Whether a program is a Pebble that can be used; another program of that name exists, and one built by `go install` is "dev". */
export async function isPebble(program: string): Promise<boolean> {
  const said = await runCommand(program, ['-version'], { limitMs: 20_000 }).catch(() => '');
  const [, version = ''] = /^Pebble version: (\S+)/m.exec(said) ?? [];
  if (version === 'dev') return true;
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

/** Pebble, Let's Encrypt's small ACME server for tests, built from its Go module. */
export function pebblePart(home: string): Part {
  const bin = join(home, 'bin');
  return {
    name: 'pebble',
    title: `Pebble ${version}`,
    version,
    files: [join(bin, 'pebble')],
    install: () => installPebble(bin),
  };
}

async function installPebble(bin: string): Promise<void> {
  const go = findProgram('go');
  if (!go)
    throw new SetupError(
      'go (1.24 or newer) is missing, which builds Pebble: install it from https://go.dev/dl/',
    );
  const source = `github.com/letsencrypt/pebble/v2/cmd/pebble@${version}`;
  await runCommand(go, ['install', source], { env: { GOBIN: bin } }).catch((cause: Error) => {
    throw new SetupError(`could not build Pebble: ${cause.message}`, { cause });
  });
}
