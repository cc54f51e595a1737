import type { Host } from '../../../local/hosts/host.ts';
import type { DebianProgram, UnpackedProgram } from '../../../local/setup/debian-program.ts';

/** A web server other than Nginx, that a deploy hook of examples/hooks/ tells of a new certificate. */
export interface HookedServer {
  debian: DebianProgram;
  hook: string;
  /** Writes its configuration for the lineage `a`; says how it is started and what the hook's host has to have. */
  configure(place: Place): Promise<Configured>;
}

export interface Place {
  host: Host;
  /** where it may keep its files */
  folder: string;
  unpacked: UnpackedProgram;
}

export interface Configured {
  args: string[];
  /** a path in the hook that is another one here */
  edit?: [from: string, to: string];
  /** programs on the host's PATH, as shell text; `$pid` is the server's */
  tools: Record<string, string>;
}
