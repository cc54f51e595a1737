import { type CloudOptions, type LocalCloud, startCloud } from '../local/cloud.ts';

/** A local cloud to measure on: functions have Lambda's share of a core, where that can be had, and the CA lets nobody wait. */
export function startBenchCloud(options: CloudOptions = {}): Promise<LocalCloud> {
  const pebble = { retryAfter: { authz: 0, order: 0 }, nonceReject: 0, authzReuse: 0 };
  return startCloud({ pebble, lambdaShare: true, say: (line) => console.error(line), ...options });
}
