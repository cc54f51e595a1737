/** What a machine has of all that the set-up needs. */
export interface MachineFacts {
  platform: string;
  /** `ID` and `ID_LIKE` of os-release(5), and `VERSION_ID`. */
  distribution: { ids: readonly string[]; version: string };
  isRoot: boolean;
  /** Whether hosts are wanted; without them no container engine is needed. */
  withHosts: boolean;
  /** The parts that are in .local/ already, in the pinned versions. */
  installed: ReadonlySet<string>;
  /** Of the python3 on the PATH. */
  python: { version: readonly [major: number, minor: number]; hasVenv: boolean } | undefined;
  /** What was said to be Pebble by the variable PEBBLE, and whether it is. */
  pebbleVariable: { value: string; isPebble: boolean } | undefined;
  /** Whether a Pebble is on the PATH. */
  hasPebble: boolean;
  /** Of the go on the PATH; `fetchesNewer` where it downloads a newer one by itself. */
  go: { version: readonly [major: number, minor: number]; fetchesNewer: boolean } | undefined;
  /** Programs that are there. */
  found: ReadonlySet<Program>;
  dockerAnswers: boolean;
  /** How many users below this one rootless podman may map, by subuid(5). */
  subordinateIds: number;
  /** Why podman, where it is there, does not run for this user, who is not root. */
  rootlessFailure: string | undefined;
  /** Whether a user who is not root gets a namespace of his own, in which he is. */
  userNamespaces: boolean;
}

export const PROGRAMS = [
  'apt-get',
  'newuidmap',
  'nginx',
  'openssl',
  'podman',
  'runc',
  'crun',
  'unshare',
] as const;
export type Program = (typeof PROGRAMS)[number];
