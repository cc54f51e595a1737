import { readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CpuGroup } from './cpu-group.ts';
import { type Hierarchy, hierarchiesFrom } from './hierarchies.ts';

/** Source: AWS, "Configure Lambda function memory": at 1,769 MB a function has the equivalent of one vCPU. */
const MB_A_CORE = 1769;
const PREFIX = 'perennial-share-';

/** How much of a core Lambda gives a function of this memory; more than one from 1,769 MB on. */
export const shareOf = (memoryMb: number): number => memoryMb / MB_A_CORE;

/** Makes groups whose processes get a share of a core. */
export class CpuControl {
  readonly #hierarchy: Hierarchy;
  #made = 0;

  constructor(hierarchy: Hierarchy) {
    this.#hierarchy = hierarchy;
  }

  /** The names of the groups of this process that are there. */
  groups(): string[] {
    const [folder = ''] = this.#hierarchy.folders;
    return readdirSync(folder).filter((name) => name.startsWith(`${PREFIX}${process.pid}-`));
  }

  /** A new group with this process in it, and no limit yet; undefined when the process has ended already. */
  openGroup(pid: number): CpuGroup | undefined {
    this.#made += 1;
    const group = new CpuGroup(this.#hierarchy, `${PREFIX}${process.pid}-${this.#made}`);
    try {
      group.add(pid);
      return group;
    } catch (error) {
      group.remove();
      if ((error as NodeJS.ErrnoException).code === 'ESRCH') return undefined;
      throw error;
    }
  }
}

/** The kernel's control of CPU, if this process may use it; or one line that says why not. */
export function findCpuControl(hierarchies = mountedHierarchies()): CpuControl | string {
  const refusals: string[] = [];
  for (const hierarchy of hierarchies) {
    const refusal = refusalOf(hierarchy);
    if (refusal === undefined) return new CpuControl(hierarchy);
    refusals.push(refusal);
  }
  return refusals[0] ?? 'no control groups are mounted here that can limit CPU';
}

function mountedHierarchies(): Hierarchy[] {
  const read = (file: string) => {
    try {
      return readFileSync(file, 'latin1');
    } catch {
      return '';
    }
  };
  return hierarchiesFrom(read('/proc/self/mountinfo'), read('/proc/self/cgroup'));
}

/** Tries what will be done later; undefined when all of it can be done. */
function refusalOf(hierarchy: Hierarchy): string | undefined {
  const [folder = ''] = hierarchy.folders;
  try {
    removeLeftovers(hierarchy);
    if (hierarchy.version === 2) enableController(folder);
    const group = new CpuGroup(hierarchy, `${PREFIX}${process.pid}-0`);
    try {
      group.limit(1);
      group.takeUsage();
    } finally {
      group.remove();
    }
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return `no group with a limit of CPU can be made in ${folder} (${code ?? error}); run it as root, outside a container`;
  }
}

/** Version 2: a group's children have the controllers that it passes on. */
function enableController(folder: string): void {
  const file = join(folder, 'cgroup.subtree_control');
  if (!readFileSync(file, 'latin1').split(/\s/).includes('cpu')) writeFileSync(file, '+cpu');
}

/** Groups of runs that were killed; one with a process in it cannot be removed. */
function removeLeftovers({ folders }: Hierarchy): void {
  for (const folder of folders) {
    for (const name of readdirSync(folder).filter((one) => one.startsWith(PREFIX))) {
      if (isRunning(Number(name.slice(PREFIX.length).split('-')[0]))) continue;
      try {
        rmdirSync(join(folder, name));
      } catch {
        // Functions of that run are still there.
      }
    }
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
