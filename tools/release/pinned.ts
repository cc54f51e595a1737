/** An entry of package-lock.json (npm documentation, "package-lock.json"), as far as it is looked at here. */
export interface LockedPackage {
  version?: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  os?: string[];
  cpu?: string[];
}

export type Locked = Readonly<Record<string, LockedPackage>>;

const FOLDER = 'node_modules/';

/**
 * What these packages need in turn, at the version that this project is tested with. npm reads no lock file of a package that it
 * installs, and would take the newest that each allows: the functions would be other ones than those of the release. What is
 * locked twice has one version here and is left to npm for the rest; what is for one system only is left to npm.
 */
export function pinnedFor(dependencies: Record<string, string>, locked: Locked): Record<string, string> {
  const seen = new Set<string>();
  const pinned: Record<string, string> = {};
  const follow = (from: string, wanted: Record<string, string> = {}) => {
    for (const name of Object.keys(wanted)) {
      const path = placeOf(name, from, locked);
      if (path === undefined || seen.has(path)) continue;
      seen.add(path);
      const { version, os, cpu, ...entry } = locked[path] ?? {};
      if (path === `${FOLDER}${name}` && version !== undefined && !os && !cpu) pinned[name] = version;
      follow(path, { ...entry.peerDependencies, ...entry.optionalDependencies, ...entry.dependencies });
    }
  };
  follow('', dependencies);
  return pinned;
}

/** Where Node finds a package that is asked for from a folder: there, or in a folder above. */
function placeOf(name: string, from: string, locked: Locked): string | undefined {
  const path = `${from === '' ? '' : `${from}/`}${FOLDER}${name}`;
  if (path in locked) return path;
  if (from === '') return undefined;
  return placeOf(name, from.slice(0, Math.max(0, from.lastIndexOf(FOLDER) - 1)), locked);
}
