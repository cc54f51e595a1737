/** A host of a group, and what it holds and serves: version by certificate. */
export interface SimulatedHost {
  instanceId: string;
  group: string;
  isOnline: boolean;
  /** Refuses every new version, as with a broken configuration. */
  isBroken: boolean;
  /** Does not end in time. */
  isSlow: boolean;
  installed: Map<string, string>;
  served: Map<string, string>;
  since: number;
}
