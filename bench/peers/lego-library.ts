import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pMap from 'p-map';
import { findProgram } from '../../local/setup/find-program.ts';
import { runCommand } from '../../local/setup/run-command.ts';
import { measureCommand, sum } from './measured-command.ts';
import type { Entrant, Taken, Target } from './participant.ts';

const ISSUED_AT_ONCE = 5;
const ENTRANT = { id: 'lego-library', kind: 'peer', title: "lego's library" } as const;
const SOURCE = join(import.meta.dirname, 'lego-library');
const PROGRAM = join(import.meta.dirname, '../../.local/lego-library/lego-library');

/** The newest lego, by a program of ours around its library: a run for each certificate, one after another, as of its command. */
export async function enterLegoLibrary(cloud: Target, home: string): Promise<Entrant> {
  const why = await build();
  if (why !== undefined) return { ...ENTRANT, why };
  const env = {
    ...cloud.parts.aws.environmentOf('bench/lego-library'),
    LEGO_CA_CERTIFICATES: cloud.caTlsFile,
  };
  const folder = join(home, 'lego-library');
  const lineOf = (name: string) => [
    ...[PROGRAM, '-server', cloud.directoryUrl, '-resolver', `127.0.0.1:${cloud.dnsPort}`],
    ...['-folder', folder, name],
  ];
  const python = join(cloud.parts.venvBin, 'python');
  await mkdir(folder, { recursive: true });
  return {
    ...ENTRANT,
    version: await versionOf(),
    principal: /bench\/lego-library$/,
    async issue(names) {
      const issueOne = (name: string) => runCommand(PROGRAM, lineOf(name).slice(1), { env });
      // The first may have to make the account.
      for (const name of names.slice(0, 1)) await issueOne(name);
      await pMap(names.slice(1), issueOne, { concurrency: ISSUED_AT_ONCE });
    },
    async renew(names) {
      const all: Taken[] = [];
      for (const name of names) all.push(await measureCommand(lineOf(name), { python, folder, env }));
      return sum(all);
    },
  };
}

/** Undefined when it is built, or one line that says why it cannot be. */
async function build(): Promise<string | undefined> {
  const go = findProgram('go');
  if (!go) return 'SKIPPED: go is missing, which builds it: install it from https://go.dev/dl/';
  try {
    await runCommand(go, ['build', '-o', PROGRAM, '.'], { cwd: SOURCE });
    return undefined;
  } catch (error) {
    return `SKIPPED: it cannot be built: ${(error as Error).message.split('\n').at(-1)}`;
  }
}

async function versionOf(): Promise<string> {
  const text = await readFile(join(SOURCE, 'go.mod'), 'utf8');
  return /lego\/v5 v(\S+)/.exec(text)?.[1] ?? 'unknown';
}
