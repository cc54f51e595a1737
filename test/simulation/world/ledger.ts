import type { PrivateKeyPem } from '../../../lib/foundation/certificate/private-key-pem.ts';
import type { File } from './wanted.ts';

/** What whoever judges has to know of a run, and no service holds. */
export class Ledger {
  /** What people want by now, by name: it is what the renewal files say, unless somebody spoilt one. */
  readonly files = new Map<string, File>();
  /** When the file of a certificate was last deleted. */
  readonly deletedAt = new Map<string, number>();
  /** How many certificates the run is about. */
  usual = Number.POSITIVE_INFINITY;
  /** How many names there ever were. */
  named = 0;
  /** Objects that are nobody's. */
  readonly strays = new Set<string>();
  /** TXT values of others in the DNS, by zone and name. */
  readonly foreign = new Map<string, string[]>();
  /** TXT values whose record somebody took away. */
  readonly excusedTxt = new Set<string>();
  /** TXT values that were removed after the CA was told to look and before it did. */
  readonly removedWhileAsked = new Set<string>();
  /** certIds that were live once. */
  readonly everLive = new Set<string>();
  /** Fingerprints of keys that people said are compromised. */
  readonly saidCompromised = new Set<string>();
  /** When a person last changed what is wanted. */
  readonly wantedSince = new Map<string, number>();
  readonly onObstacle: ((obstacle: { what: string; from: number; until: number }) => void)[] = [];
  /** Lines of the functions' logs. */
  readonly onLog: ((line: string) => void)[] = [];
  /** Private keys that were made. */
  readonly onKey: ((key: PrivateKeyPem) => void)[] = [];
  readonly onForced: ((name: string) => void)[] = [];
  /** People have a certificate issued elsewhere, because its CA is closed since then. */
  readonly onMoved: ((name: string, closedAt: number) => void)[] = [];
  readonly onWanted: ((name: string, file: File | undefined) => void)[] = [];
}
