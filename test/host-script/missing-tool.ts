import { spawnSync } from 'node:child_process';
import { findProgram } from '../../local/setup/find-program.ts';

/** What a run of the script needs beside what every Linux has. */
const TOOLS = ['unshare', 'mount', 'flock', 'openssl', 'ps'];

/** Whether this user gets a mount namespace in which he is root: many containers give none. */
function isNamespaceGiven(): boolean {
  const asRoot = process.getuid?.() === 0 ? [] : ['--map-root-user'];
  return spawnSync('unshare', ['--mount', ...asRoot, 'true'], { timeout: 10_000 }).status === 0;
}

/** Why the script cannot be run here, in words for who reads the list of skipped tests; nothing where it can. */
export function missingTool(
  isThere: (tool: string) => boolean = (tool) => findProgram(tool) !== undefined,
  isGiven = isNamespaceGiven,
): string | undefined {
  const tool = TOOLS.find((one) => !isThere(one));
  if (tool !== undefined) return `${tool} is not installed on this machine`;
  return isGiven() ? undefined : 'unshare --mount fails: this user gets no mount namespace here';
}
