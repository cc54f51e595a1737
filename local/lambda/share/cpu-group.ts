import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CpuUsage, limitFiles, parseUsage } from './group-files.ts';
import type { Hierarchy } from './hierarchies.ts';

/** A control group of its own for the processes of one execution environment. */
export class CpuGroup {
  readonly #hierarchy: Hierarchy;
  readonly #folders: string[];
  #before: CpuUsage = { usedMs: 0, throttledMs: 0 };

  /** Throws what the file system says, such as EACCES. */
  constructor(hierarchy: Hierarchy, name: string) {
    this.#hierarchy = hierarchy;
    this.#folders = hierarchy.folders.map((folder) => join(folder, name));
    for (const folder of this.#folders) mkdirSync(folder);
  }

  /** Takes a process in, with all its threads and those that it will start. */
  add(pid: number): void {
    for (const folder of this.#folders) writeFileSync(join(folder, 'cgroup.procs'), String(pid));
  }

  /** Gives it `share` cores from now on; all that it wants without a share. */
  limit(share: number | undefined): void {
    const [cpu = ''] = this.#folders;
    for (const [file, text] of limitFiles(this.#hierarchy.version, share))
      writeFileSync(join(cpu, file), text);
  }

  /** What was used since this was last asked, or since it was made. */
  takeUsage(): CpuUsage {
    const now = this.#usage() ?? this.#before;
    const { usedMs, throttledMs } = this.#before;
    this.#before = now;
    return { usedMs: now.usedMs - usedMs, throttledMs: now.throttledMs - throttledMs };
  }

  /** Once its processes have ended. What is left of it does no harm, and is removed by the next run. */
  remove(): void {
    for (const folder of this.#folders) {
      try {
        rmdirSync(folder);
      } catch {
        // A process that has just ended may still be in it.
      }
    }
  }

  /** Undefined once the group is gone, with a process that ended by itself. */
  #usage(): CpuUsage | undefined {
    const { version } = this.#hierarchy;
    const read = (folder = '', file: string) => readFileSync(join(folder, file), 'latin1');
    try {
      const stat = read(this.#folders.at(0), 'cpu.stat');
      return parseUsage(version, stat, version === 1 ? read(this.#folders.at(-1), 'cpuacct.usage') : '');
    } catch {
      return undefined;
    }
  }
}
