import { hash } from 'node:crypto';
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
  const { version, ...failure } = versionFor(host, name, bucket);
  if (version === undefined || failure.reason !== undefined)
    return { name, ...(version && { version }), outcome: 'failed', ...failure };
  const before = host.installed.get(name);
  if (before === version && host.served.get(name) === version) return { name, version, outcome: 'unchanged' };
  host.installed.set(name, version);
  if (dies !== undefined) return { name, version, outcome: 'served' };
  if (!host.isBroken) return { name, version, outcome: 'served' };
  if (before === undefined) host.installed.delete(name);
  else host.installed.set(name, before);
  const why = { reason: 'nginx-test-failed', message: 'nginx: [emerg] unknown directive' };
  return { name, version, outcome: 'rolled-back', ...why };
}

/** The live version, or why this host cannot have it. */
function versionFor(
  { group, installed }: SimulatedHost,
  name: string,
  bucket: Bucket,
): { version?: string; reason?: string; message?: string } {
  const pointer = bucket.get(liveKey(name));
  if (!pointer) return { reason: 'pointer-missing', message: `live/${name}.json: (404)` };
  if (!pointer.groups.includes(group))
    return { reason: 'access-denied', message: `live/${name}.json: (403)` };
  const { version, sha256, putBack } = parsed(pointer.body);
  if (version === undefined)
    return { reason: 'pointer-malformed', message: `live/${name}.json is no pointer` };
  const here = installed.get(name) ?? '';
  if (version < here && putBack !== true)
    return {
      version,
      reason: 'version-older',
      message: `live/${name}.json names ${version}, and ${here} is here`,
    };
  for (const file of ['fullchain', 'privkey'] as const) {
    const key = archiveKey(name, version, file);
    const stored = bucket.get(key);
    if (!stored) return { version, reason: 'object-missing', message: `${key}: (404)` };
    if (!stored.groups.includes(group)) return { version, reason: 'access-denied', message: `${key}: (403)` };
    if (hash('sha256', stored.body) !== sha256?.[file])
      return {
        version,
        reason: 'hash-mismatch',
        message: `${key} does not have the hash in live/${name}.json`,
      };
  }
  return { version };
}

interface Read {
  version?: string;
  sha256?: Record<string, string>;
  putBack?: boolean;
}

function parsed(body: string): Read {
  try {
    const { version, sha256, putBack } = JSON.parse(body);
    return /^\d{8}T\d{6}Z-[0-9a-f]{6}$/.test(version) ? { version, sha256, putBack } : {};
  } catch {
    return {};
  }
}
