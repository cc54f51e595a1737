import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Host } from '../../../local/hosts/host.ts';
import { type DebianProgram, findDebianProgram } from '../../../local/setup/debian-program.ts';

const EXAMPLES = join(import.meta.dirname, '../../../examples/servers');

/** A web server other than Nginx, that a deploy hook of examples/hooks/ tells of a new certificate. */
export interface HookedServer {
  name: string;
  hook: string;
  /** Of the arguments with which the hook moves a file of its own, a pattern for the shell. */
  cut?: string;
  /** The program; or one line that says why it cannot be had. */
  find(): Promise<FoundProgram | string>;
  /** Writes its example's configuration for the lineage `a`; says how it is started and what the host needs for the hook. */
  configure(place: Place): Promise<Configured>;
  /** After a reload the old process answers beside the new one for a moment. */
  overlaps?: true;
  /** A reload may get lost: the hook sees that none was begun, and asks again. */
  mayMissReload?: true;
  /** A setting of the kernel that its guide asks for: a file of /proc/sys, and its value. */
  kernel?: { file: string; value: string };
}

interface FoundProgram {
  program: string;
  /** the root folder with what belongs to it, where it is one of the distribution */
  root: string;
}

export interface Place {
  host: Host;
  /** where it may keep its files */
  folder: string;
  found: FoundProgram;
}

export interface Configured {
  args: string[];
  env?: Record<string, string>;
  /** paths in the hook that are others here */
  edit?: Record<string, string>;
  /** programs on the host's PATH, as shell text; `$pid` is the server's */
  tools: Record<string, string>;
}

export async function findOfDebian(wanted: DebianProgram): Promise<FoundProgram | string> {
  return findDebianProgram(wanted);
}

/** What is another here in each example that names the site. */
export const siteChanges = ({ root }: Host): Record<string, string> => ({
  '/etc/letsencrypt/live/example.com': join(root, 'live/a'),
  'example.com': 'a.example',
});

/** A file of examples/servers/ with what is another here. Throws where a key of `changes` is not in it. */
export async function readExample(file: string, changes: Record<string, string>): Promise<string> {
  return replaceAll(await readFile(join(EXAMPLES, file), 'utf8'), changes);
}

/** Throws where a key of `changes` is not in the text. */
export function replaceAll(text: string, changes: Record<string, string>): string {
  return Object.entries(changes).reduce((changed, [from, to]) => {
    if (!changed.includes(from)) throw new Error(`the example has no "${from}" any more`);
    return changed.replaceAll(from, to);
  }, text);
}
