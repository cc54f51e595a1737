interface Locked {
  integrity?: string;
  optional?: boolean;
  hasInstallScript?: boolean;
  inBundle?: boolean;
  link?: boolean;
  resolved?: string;
}

/** `packages` of package-lock.json. */
export type LockedPackages = Readonly<Record<string, Locked>>;

/** Development tools whose binaries for other platforms than the one the lockfile was made on have no hash there. */
const OTHER_PLATFORMS = /^node_modules\/@(biomejs\/cli|oxc-parser\/binding)-/;
/** Optional, with a script that runs on macOS only. */
const ELSEWHERE = ['fsevents'];

const nameOf = (path: string) => path.replace(/^.*node_modules\//, '');

/**
 * What of a lockfile would let other code in than was looked at, a line each: a package without a hash, one from an address of
 * its own, and an install script that `allowScripts` of package.json says nothing of.
 */
export function complaintsAboutLock(
  packages: LockedPackages,
  {
    workspaces,
    allowScripts,
  }: { workspaces: readonly string[]; allowScripts: Readonly<Record<string, boolean>> },
): string[] {
  const installed = Object.entries(packages).filter(
    ([path, { inBundle, link }]) => path.includes('node_modules/') && !link && !inBundle,
  );
  const loose = installed.filter(
    ([path, { integrity, optional }]) =>
      !integrity?.startsWith('sha512-') && !(optional && OTHER_PLATFORMS.test(path)),
  );
  const elsewhere = Object.entries(packages).filter(
    ([, { resolved }]) => resolved !== undefined && !workspaces.includes(resolved),
  );
  const scripted = installed.filter(
    ([path, { hasInstallScript }]) =>
      hasInstallScript && !Object.hasOwn(allowScripts, nameOf(path)) && !ELSEWHERE.includes(nameOf(path)),
  );
  return [
    ...loose.map(([path]) => `${path} has no sha512 hash`),
    ...elsewhere.map(([path, { resolved }]) => `${path} comes from ${resolved}`),
    ...scripted.map(([path]) => `${path} has an install script that allowScripts does not name`),
  ];
}
