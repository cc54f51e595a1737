import { archiveKey, liveKey } from '../../../lib/foundation/certificate/object-keys.ts';
import type { Bucket } from './bucket.ts';
import type { SimulatedHost } from './simulated-host.ts';

interface Run {
  names: readonly string[];
  bucket: Bucket;
  /** Where the script is killed, if it is. */
  dies: 'before' | 'swapped' | undefined;
}

interface Result {
  name: string;
  version?: string;
  outcome: 'served' | 'unchanged' | 'rolled-back' | 'failed';
  reason?: string;
  message?: string;
}

/** What install.sh does, as far as it is seen from outside: pointer, archive, swap, test, reload, look. */
export function installOn(
  host: SimulatedHost,
  { names, bucket, dies }: Run,
): { output: string; isFailure: boolean } {
  if (dies === 'before') return { output: '', isFailure: true };
  const results = names.map((name) => install(host, name, { bucket, dies }));
  if (dies === undefined && !host.isBroken)
    for (const { name, version, outcome } of results)
      if (version !== undefined && outcome !== 'failed') host.served.set(name, version);
  const isFailure = results.some(({ outcome }) => outcome === 'failed' || outcome === 'rolled-back');
  return { output: JSON.stringify({ perennial: 1, results }), isFailure };
}

function install(host: SimulatedHost, name: string, { bucket, dies }: Omit<Run, 'names'>): Result {
  const version = versionFor(host, name, bucket);
  if (typeof version !== 'string') return { name, outcome: 'failed', ...version };
  const before = host.installed.get(name);
  if (before === version && host.served.get(name) === version) return { name, version, outcome: 'unchanged' };
  host.installed.set(name, version);
  if (dies !== undefined) return { name, version, outcome: 'served' };
  if (!host.isBroken) return { name, version, outcome: 'served' };
  if (before === undefined) host.installed.delete(name);
  else host.installed.set(name, before);
  const why = { reason: 'nginx-test-failed', message: 'nginx: [emerg] unknown directive' };
  return { name, ...(before !== undefined && { version: before }), outcome: 'rolled-back', ...why };
}

/** The live version, where this host's group may read it. */
function versionFor(
  host: SimulatedHost,
  name: string,
  bucket: Bucket,
): string | { reason: string; message: string } {
  const pointer = bucket.get(liveKey(name));
  if (!pointer?.groups.includes(host.group))
    return { reason: 'pointer-not-readable', message: `live/${name}.json cannot be read by this host` };
  const { version } = parsed(pointer.body);
  if (version === undefined)
    return { reason: 'pointer-malformed', message: `live/${name}.json is no pointer` };
  const files = (['fullchain', 'privkey'] as const).map((file) =>
    bucket.get(archiveKey(name, version, file)),
  );
  if (files.some((file) => !file?.groups.includes(host.group)))
    return {
      reason: 'archive-not-readable',
      message: `archive/${name}/${version}/ cannot be read by this host`,
    };
  return version;
}

function parsed(body: string): { version?: string } {
  try {
    const { version } = JSON.parse(body);
    return /^\d{8}T\d{6}Z-[0-9a-f]{6}$/.test(version) ? { version } : {};
  } catch {
    return {};
  }
}
