import type { HostRecord } from '../../lib/delivery/deployment/rules/host-record.ts';
import { versionAt } from '../../lib/foundation/certificate/lineage.ts';
import type { LivePointer } from '../../lib/foundation/certificate/live-pointer.ts';
import { DAY } from '../../lib/foundation/common/durations.ts';
import type { HealthFacts } from '../../lib/scan/rules/health.ts';

const CA = 'https://acme-v02.api.letsencrypt.org/directory';
const STACK = { defaultCa: CA, fallbackCas: [] };
const HOSTS = ['i-0a1b2c3d4e5f60718', 'i-0b2c3d4e5f6071829'];

/** How an example differs from a certificate of 90 days with 60 left that two hosts serve. */
interface Shape {
  names?: string[];
  daysLeft?: number;
  lifeDays?: number;
  profile?: string;
  state?: HealthFacts['state'];
  /** Hosts that rolled back to the version before. */
  behind?: string[];
  /** What the others report. */
  outcome?: string;
}

/** What is known of an example certificate. */
export function certificate(
  name: string,
  now: Date,
  {
    names = [name],
    daysLeft = 60,
    lifeDays = 90,
    profile = 'classic',
    state,
    behind = [],
    outcome = 'served',
  }: Shape,
): HealthFacts {
  const notAfter = new Date(now.getTime() + daysLeft * DAY);
  const notBefore = new Date(notAfter.getTime() - lifeDays * DAY);
  const pointer: LivePointer = {
    version: versionAt(notBefore, '0a1b2c'),
    names,
    serial: '03ab',
    notBefore: notBefore.toISOString(),
    notAfter: notAfter.toISOString(),
    certId: 'aki.serial',
    issuedAt: notBefore.toISOString(),
    fingerprint: 'a'.repeat(64),
    keyFingerprint: 'b'.repeat(64),
    key: 'ecdsa-p256',
    hosts: ['web'],
    serverNames: [],
    sha256: { fullchain: 'c'.repeat(64), privkey: 'd'.repeat(64) },
    ca: CA,
    profile,
  };
  const before = versionAt(new Date(notBefore.getTime() - 60 * DAY), '0a1b2c');
  const records = HOSTS.map((instanceId) =>
    recordOf(instanceId, name, {
      version: behind.includes(instanceId) ? before : pointer.version,
      outcome: behind.includes(instanceId) ? 'rolled-back' : outcome,
      at: pointer.issuedAt,
    }),
  );
  const caa = { mode: 'manage' as const, restrict: false };
  const wanted = { name, names, key: 'ecdsa-p256' as const, hosts: ['web'], serverNames: [], profile, caa };
  const fleet = new Map([['web', HOSTS.map((instanceId) => ({ instanceId, online: true }))]]);
  const none = { region: 'eu-central-1', revocations: [], acm: undefined };
  return {
    name,
    wanted: true,
    file: { ...wanted, stack: STACK },
    pointer,
    state,
    records,
    fleet,
    ...none,
    now,
  };
}

function recordOf(
  instanceId: string,
  name: string,
  lineage: { version: string; outcome: string; at: string },
): HostRecord {
  return { instanceId, group: 'web', lineages: { [name]: { ...lineage, commandId: 'example' } } };
}
