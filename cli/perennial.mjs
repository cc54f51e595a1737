#!/usr/bin/env node
// Plain JavaScript, because an older Node cannot even read the program: it starts the project's own one instead.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { homedir } from 'node:os';
import { dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

// Half of what a short command takes is Node compiling. Not in Node's own place for it, a folder of all users; older ones have none.
const home = process.env.HOME ? homedir() : undefined;
const cache = process.env.XDG_CACHE_HOME || (home && join(home, '.cache'));
if (cache && !process.env.NODE_COMPILE_CACHE) module.enableCompileCache?.(join(cache, 'perennial-tls/node'));

const NEEDED = 24;
const folder = dirname(fileURLToPath(import.meta.url));
const isInstalled = folder.includes(`${sep}node_modules${sep}`);
// Of a clone, and of a folder in which npm has installed this project beside what it needs.
const ownNode = ['../node_modules/.bin/node', '../../.bin/node']
  .map((path) => join(folder, path))
  .find((path) => existsSync(path));

if (Number.parseInt(process.versions.node, 10) >= NEEDED) {
  if (isInstalled) await import('./strip-types.mjs');
  await import('./main.ts').catch(explainMissing);
} else if (ownNode) {
  const before = isInstalled ? ['--import', new URL('strip-types.mjs', import.meta.url).href] : [];
  const args = [...before, join(folder, 'main.ts'), ...process.argv.slice(2)];
  const { status } = spawnSync(ownNode, args, { stdio: 'inherit' });
  process.exitCode = status ?? 2;
} else {
  const remedy = isInstalled
    ? `install Node ${NEEDED} or newer`
    : `run "npm install" in ${dirname(folder)}, which brings it`;
  console.error(`perennial-tls: this is Node ${process.versions.node} and ${NEEDED} is needed; ${remedy}`);
  process.exitCode = 2;
}

/** A clone has no packages yet: Node would print a stack. A file of the project that is missing stays an error. */
function explainMissing(error) {
  const missing =
    error.code === 'ERR_MODULE_NOT_FOUND' && /^Cannot find package '([^']+)'/.exec(error.message);
  if (!missing) throw error;
  const where = isInstalled ? join(folder, '../../..') : dirname(folder);
  console.error(
    `perennial-tls: the package ${missing[1]} is not installed; run "npm install" in ${where} first`,
  );
  process.exitCode = 2;
}
