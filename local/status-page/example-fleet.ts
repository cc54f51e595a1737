import type { HostRecord } from '../../lib/delivery/deployment/rules/host-record.ts';
import { versionAt } from '../../lib/foundation/certificate/lineage.ts';
import type { LivePointer } from '../../lib/foundation/certificate/live-pointer.ts';
import { DAY } from '../../lib/foundation/common/durations.ts';
import {
  bySoonestTrouble,
  type CertificateStatus,
  statusOf,
} from '../../lib/reporting/status/rules/certificate-status.ts';
import type { CertificateFacts } from '../../lib/reporting/status/rules/judge-health.ts';

const CA = 'https://acme-v02.api.letsencrypt.org/directory';
const STACK = { defaultCa: CA, fallbackCas: [] };
const HOSTS = ['i-0a1b2c3d4e5f60718', 'i-0b2c3d4e5f6071829', 'mi-0f1e2d3c4b5a69788'];

export interface ExampleFleet {
  at: Date;
  /** The soonest trouble first. */
  certificates: CertificateStatus[];
}

/** The certificates of a small company: most are well, and a few show each kind of trouble. */
export function exampleFleet(at: Date): ExampleFleet {
  const later = (days: number) => new Date(at.getTime() + days * DAY).toISOString();
  const failed = (reason: string, message: string, failures: number) => ({
    failures,
    lastFailure: { at: later(-0.2), reason, message },
    notBefore: later(0.8),
  });
  const facts = [
    certificate('example.com', at, { daysLeft: 71, names: ['example.com', 'www.example.com'] }),
    certificate('shop.example.com', at, { daysLeft: 42 }),
    certificate('mail.example.com', at, {
      daysLeft: 19,
      state: failed(
        'caa-forbids',
        'CAA at example.com allows other-ca.test only; add 0 issue "letsencrypt.org"',
        3,
      ),
    }),
    certificate('api.example.net', at, { daysLeft: 88, behind: ['i-0b2c3d4e5f6071829'] }),
    certificate('old.example.net', at, {
      daysLeft: -2,
      state: failed('zone-missing', 'no hosted zone of this account holds old.example.net', 12),
    }),
    certificate('edge.example.net', at, { daysLeft: 4, lifeDays: 6.67, profile: 'shortlived' }),
    certificate('intern.example.com', at, { daysLeft: 33, names: ['*.intern.example.com'] }),
    certificate('blog.example.com', at, { daysLeft: 57 }),
    certificate('soon.example.com', at, { daysLeft: 28 }),
    { ...certificate('new.example.com', at, {}), pointer: undefined },
    {
      ...certificate('typo.example.com', at, {}),
      pointer: undefined,
      file: { rejected: 'renewal/typo.example.com.json: unknown key "host"' },
    },
  ];
  return { at, certificates: facts.map(statusOf).sort(bySoonestTrouble) };
}

/** As many certificates as asked for, of two names on two hosts each; every hundredth fails. */
export function largeFleet(count: number, at: Date): ExampleFleet {
  const certificates = Array.from({ length: count }, (_, index) => {
    const name = `shop-${String(index).padStart(4, '0')}.example.com`;
    const daysLeft = 30 + (index % 60);
    const state = {
      failures: 2,
      lastFailure: {
        at: at.toISOString(),
        reason: 'dns-refused',
        message: 'the zone refused the record',
      },
    };
    const names = [name, `www.${name}`];
    return statusOf(certificate(name, at, { daysLeft, names, ...(index % 100 === 0 && { state }) }));
  });
  return { at, certificates: certificates.sort(bySoonestTrouble) };
}

interface Shape {
  names?: string[];
  daysLeft?: number;
  lifeDays?: number;
  profile?: string;
  state?: CertificateFacts['state'];
  /** Hosts that rolled back to the version before. */
  behind?: string[];
}

function certificate(
  name: string,
  now: Date,
  { names = [name], daysLeft = 60, lifeDays = 90, profile = 'classic', state, behind = [] }: Shape,
): CertificateFacts {
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
  const records = HOSTS.slice(0, 2).map((instanceId) =>
    recordOf(instanceId, name, {
      version: behind.includes(instanceId) ? before : pointer.version,
      outcome: behind.includes(instanceId) ? 'rolled-back' : 'served',
      at: pointer.issuedAt,
    }),
  );
  const caa = { mode: 'manage' as const, restrict: false };
  const wanted = { name, names, key: 'ecdsa-p256' as const, hosts: ['web'], serverNames: [], profile, caa };
  return { name, wanted: true, file: { ...wanted, stack: STACK }, pointer, state, records, now };
}

function recordOf(
  instanceId: string,
  name: string,
  lineage: { version: string; outcome: string; at: string },
): HostRecord {
  return { instanceId, group: 'web', lineages: { [name]: { ...lineage, commandId: 'example' } } };
}
