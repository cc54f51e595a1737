import { HostGroupSettings } from '../../lib/foundation/certificate/host-group.ts';
import { versionAt } from '../../lib/foundation/certificate/lineage.ts';
import type { LivePointer } from '../../lib/foundation/certificate/live-pointer.ts';
import type { Revocation } from '../../lib/foundation/certificate/revocation.ts';
import { DAY } from '../../lib/foundation/common/durations.ts';
import {
  bySoonestTrouble,
  type CertificateStatus,
  statusOf,
} from '../../lib/reporting/status/rules/certificate-status.ts';
import type { HealthFacts } from '../../lib/scan/rules/health.ts';
import { certificate } from './example-certificate.ts';

export interface ExampleFleet {
  at: Date;
  /** The soonest trouble first. */
  certificates: CertificateStatus[];
}

/** The certificates of a company, with each state that there is. */
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
    certificate('soon.example.com', at, { daysLeft: 31 }),
    { ...certificate('new.example.com', at, {}), pointer: undefined },
    {
      ...certificate('typo.example.com', at, {}),
      pointer: undefined,
      file: { rejected: 'renewal/typo.example.com.json: unknown key "host"' },
    },
    ...rareStates(at),
  ];
  return { at, certificates: facts.map(statusOf).sort(bySoonestTrouble) };
}

/** What is seldom seen, a certificate for each. */
function rareStates(at: Date): HealthFacts[] {
  const held = (action: 'reject' | 'wait', reason: string, message: string) => ({
    failures: 0,
    held: { action, reason, message, until: new Date(at.getTime() + DAY).toISOString() },
  });
  const stolen = certificate('pay.example.com', at, { daysLeft: 64 });
  const cloud = certificate('cdn.example.com', at, { daysLeft: 55 });
  const unserved = certificate('wiki.example.com', at, { daysLeft: 80, outcome: 'installed-not-served' });
  const nobody = certificate('stage.example.net', at, { daysLeft: 49 });
  const asleep = certificate('night.example.net', at, { daysLeft: 47 });
  const file = { ...asleep.file, hosts: ['night'] } as HealthFacts['file'];
  const left = { wanted: false, file: undefined };
  return [
    { ...stolen, revocations: [revocationOf(stolen, at)] },
    { ...certificate('cut.example.com', at, {}), pointer: 'unreadable' },
    certificate('late.example.com', at, { daysLeft: 27 }),
    certificate('busy.example.com', at, {
      daysLeft: 30.5,
      state: held(
        'wait',
        'ca-limited',
        "too many certificates of example.com; it is ordered when the CA's limit lets it",
      ),
    }),
    certificate('lost.example.org', at, {
      daysLeft: 66,
      state: held('reject', 'no-hosted-zone', 'no public hosted zone of this account holds lost.example.org'),
    }),
    { ...certificate('secret.example.net', at, { daysLeft: 52 }), fleet: new Map() },
    { ...nobody, fleet: new Map([['web', []]]) },
    {
      ...asleep,
      file,
      pointer: { ...(asleep.pointer as LivePointer), hosts: ['night'] },
      fleet: new Map([['night', [{ instanceId: 'mi-0f1e2d3c4b5a69788', online: false }]]]),
    },
    unserved,
    { ...cloud, file: { ...cloud.file, acm: [{ region: 'us-east-1' }] } as HealthFacts['file'] },
    pinnedCertificate(at),
    frozenCertificate(at),
    { ...certificate('gone.example.com', at, { daysLeft: 12 }), ...left },
    {
      ...certificate('hand.example.com', at, { daysLeft: 90, lifeDays: 365 }),
      ...left,
      pointer: {
        ...(certificate('hand.example.com', at, { daysLeft: 90, lifeDays: 365 }).pointer as LivePointer),
        ca: undefined,
      },
    },
  ];
}

/** Its version of before was put back by hand. */
function pinnedCertificate(at: Date): HealthFacts {
  const facts = certificate('kiosk.example.com', at, { daysLeft: 44 });
  const version = versionAt(new Date(at.getTime() - 46 * DAY), '0a1b2c');
  const until = new Date(at.getTime() + 29 * DAY);
  return { ...facts, pin: { version, until, isLive: true } };
}

/** Its hosts are not to be touched today, and one has the version of before. */
function frozenCertificate(at: Date): HealthFacts {
  const facts = certificate('till.example.com', at, { daysLeft: 89 });
  const { name, file, records } = facts;
  const today = at.toISOString().slice(0, 10);
  const hostGroups = [{ name: 'web', ...HostGroupSettings.parse({ freeze: `${today} UTC` }) }];
  const version = versionAt(new Date(at.getTime() - 60 * DAY), '0a1b2c');
  const life = { notBefore: new Date(at.getTime() - 60 * DAY), notAfter: new Date(at.getTime() + 30 * DAY) };
  const older = records.slice(0, 1).map((record) => ({
    ...record,
    lineages: { [name]: { version, outcome: 'served', at: at.toISOString(), commandId: 'example' } },
  }));
  return {
    ...facts,
    file: file && 'names' in file ? { ...file, stack: { ...file.stack, hostGroups } } : file,
    records: [...older, ...records.slice(1)],
    lives: new Map([[name, new Map([[version, life]])]]),
  };
}

function revocationOf({ pointer }: HealthFacts, at: Date): Revocation {
  const { version, serial, keyFingerprint } = pointer as LivePointer;
  return { version, serial, keyFingerprint, reason: 'keyCompromise', askedAt: at.toISOString() };
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
