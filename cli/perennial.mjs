#!/usr/bin/env node
// Plain JavaScript, because an older Node cannot even read the program: it starts the project's own one instead.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import module from 'node:module';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Half of what a short command takes is Node compiling. Not in Node's own place for it, a folder of all users; older ones have none.
const home = process.env.HOME ? homedir() : undefined;
const cache = process.env.XDG_CACHE_HOME || (home && join(home, '.cache'));
if (cache && !process.env.NODE_COMPILE_CACHE) module.enableCompileCache?.(join(cache, 'perennial-tls/node'));

const NEEDED = 24;
const folder = dirname(fileURLToPath(import.meta.url));
const ownNode = join(folder, '../node_modules/.bin/node');

if (Number.parseInt(process.versions.node, 10) >= NEEDED) {
  await import('./main.ts');
} else if (existsSync(ownNode)) {
  const { status } = spawnSync(ownNode, [join(folder, 'main.ts'), ...process.argv.slice(2)], {
    stdio: 'inherit',
  });
  process.exitCode = status ?? 2;
} else {
  console.error(
    `perennial-tls: this is Node ${process.versions.node} and ${NEEDED} is needed; run "npm install" in ${dirname(folder)}, which brings it`,
  );
  process.exitCode = 2;
}
