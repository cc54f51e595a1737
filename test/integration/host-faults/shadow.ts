import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host } from '../../../local/hosts/host.ts';

/**
 * Shell text that ends the whole run with SIGKILL, as when the host loses its power. The shell that kills goes last: pids begin
 * anew at the machine's highest, so its own may come before the others'.
 */
export const KILL = 'kill -9 $(ps -s "$(ps -o sid= -p $$ | tr -d " ")" -o pid= | tr -d " " | grep -vx $$) $$';

/** Runs shell text before each run of a program on this host; returns the way to take it away again. */
export async function shadow(host: Host, program: string, text: string): Promise<() => Promise<void>> {
  const file = join(host.bin, program);
  if (!existsSync(file)) {
    const next = `PATH=$(printf %s "$PATH" | sed 's/^[^:]*://')\nexec ${program} "$@"\n`;
    await writeFile(file, `#!/bin/sh\n${text}\n${next}`, { mode: 0o755 });
    return () => rm(file);
  }
  const original = await readFile(file, 'utf8');
  await writeFile(
    file,
    original.replace('#!/bin/sh\n', (first) => `${first}${text}\n`),
  );
  return () => writeFile(file, original);
}

/** The container engine that this host has. */
export function engineOf(host: Host): 'docker' | 'podman' {
  return existsSync(join(host.bin, 'podman')) ? 'podman' : 'docker';
}
