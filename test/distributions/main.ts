import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startInstallFixture } from '../integration/install-fixture.ts';
import { DISTRIBUTIONS, rootOf } from './root-folders.ts';
import { tryScript } from './try-script.ts';

const USAGE = `npm run distributions [-- NAME...]        of ${DISTRIBUTIONS.map(({ name }) => name).join(', ')}
npm run distributions -- --root FOLDER    in a root folder of yours, with aws, openssl and nginx in it`;

/** Runs the hosts' script with the tools of other distributions, one line each; the exit status is 1 where one does not do. */
async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { root: { type: 'string' } },
    allowPositionals: true,
  });
  const unknown = positionals.filter((name) => !DISTRIBUTIONS.some((known) => known.name === name));
  if (unknown.length > 0) {
    console.error(`there is no ${unknown.join(', ')}\n${USAGE}`);
    return 2;
  }
  if (process.getuid?.() !== 0) {
    console.error('root folders are entered with chroot: run it as root');
    return 2;
  }
  const asked = DISTRIBUTIONS.filter(({ name }) => positionals.length === 0 || positionals.includes(name));
  const own = values.root === undefined ? undefined : resolve(values.root);
  const roots: [string, () => Promise<string>][] = own
    ? [[own, async () => own]]
    : asked.map((distribution) => [distribution.name, () => rootOf(distribution)]);
  const fixture = await startInstallFixture();
  let failed = 0;
  try {
    for (const [name, root] of roots) {
      try {
        const { shell, awk, tools, openssl, aws, nginx } = await tryScript(fixture, await root());
        console.log(`ok      ${name}: ${shell}, ${awk}, ${tools}, ${openssl}, ${aws}, ${nginx}`);
      } catch (error) {
        failed += 1;
        console.log(`FAILED  ${name}: ${(error as Error).message}`);
      }
    }
  } finally {
    await fixture.stop();
  }
  return failed === 0 ? 0 : 1;
}

process.exitCode = await main();
