import { dirname, join, relative } from 'node:path';
import type { Version } from './group-files.ts';

/** Where groups may be made: in one folder for each controller that is needed, which is one folder with version 2. */
export interface Hierarchy {
  version: Version;
  folders: string[];
}

/**
 * The places to try, the nearest to this process's own group first. Version 1 comes first where it has the CPU controller: a
 * controller is in one of the two only. Version 2 allows groups with a limit only below one without processes of its own (its
 * "no internal processes" rule), so the groups above are tried too.
 * Source: cgroups(7), proc_pid_mountinfo(5).
 */
export function hierarchiesFrom(mountInfo: string, ownGroups: string): Hierarchy[] {
  const mounts = mountInfo.split('\n').flatMap(parseMount);
  const own = new Map(ownGroups.split('\n').map(parseOwnGroup));
  const first = (controller: string) => {
    const mount = mounts.find(({ type, options }) => type === 'cgroup' && options.includes(controller));
    const path = [...own].find(([controllers]) => controllers.split(',').includes(controller))?.[1];
    return mount && folderOf(mount, path ?? '/');
  };
  const cpu = first('cpu');
  const accounts = first('cpuacct');
  if (cpu && accounts) return [{ version: 1, folders: [...new Set([cpu, accounts])] }];
  const unified = mounts.find(({ type }) => type === 'cgroup2');
  if (!unified) return [];
  return upTo(unified.point, folderOf(unified, own.get('') ?? '/')).map((folder) => ({
    version: 2,
    folders: [folder],
  }));
}

interface Mount {
  /** of the hierarchy's folders the one that is mounted; in a container not the topmost */
  root: string;
  point: string;
  type: string;
  options: string[];
}

function parseMount(line: string): Mount[] {
  const [before = '', after] = line.split(' - ');
  const [, , , root = '/', point = ''] = before.split(' ');
  const [type = '', , options = ''] = after?.split(' ') ?? [];
  return type.startsWith('cgroup') ? [{ root, point, type, options: options.split(',') }] : [];
}

/** `4:cpu,cpuacct:/a/b`; version 2 has no controllers there: `0::/a/b`. */
function parseOwnGroup(line: string): [controllers: string, path: string] {
  const [id, controllers = '', ...path] = line.split(':');
  return [id === '0' ? '' : controllers || '-', path.join(':') || '/'];
}

function folderOf({ root, point }: Mount, path: string): string {
  const inside = relative(root, path);
  return inside.startsWith('..') ? point : join(point, inside);
}

function upTo(top: string, folder: string): string[] {
  return folder === top || folder === '/' ? [top] : [folder, ...upTo(top, dirname(folder))];
}
