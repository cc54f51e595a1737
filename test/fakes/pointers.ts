import type { LivePointer } from '../../lib/foundation/certificate/live-pointer.ts';
import type { Wanted } from '../../lib/foundation/certificate/renewal-file.ts';

const DAY = 86_400_000;

/** A pointer to a certificate of this many days that expires at `notAfter`. */
export function pointerOf(notAfter: Date, days = 90, more: Partial<LivePointer> = {}): LivePointer {
  const notBefore = new Date(notAfter.getTime() - days * DAY).toISOString();
  return {
    version: '20260101T000000Z-0a1b2c',
    names: ['example.com'],
    serial: 'ab',
    notBefore,
    notAfter: notAfter.toISOString(),
    certId: 'aki.serial',
    issuedAt: notBefore,
    fingerprint: 'a'.repeat(64),
    keyFingerprint: 'b'.repeat(64),
    key: 'ecdsa-p256',
    hosts: [],
    serverNames: [],
    sha256: { fullchain: 'c'.repeat(64), privkey: 'd'.repeat(64) },
    ca: 'https://ca.test/directory',
    ...more,
  };
}

export function wantedOf(more: Partial<Wanted> = {}): Wanted {
  return {
    name: 'example.com',
    names: ['example.com'],
    key: 'ecdsa-p256',
    hosts: [],
    serverNames: [],
    caa: { mode: 'manage', restrict: false },
    ...more,
  };
}
