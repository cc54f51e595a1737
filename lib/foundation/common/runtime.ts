import type { PrivateKeyPem } from '../certificate/private-key-pem.ts';
import type { KeyType } from '../certificate/renewal-file.ts';

/**
 * Time that passes, chance and keys, as the flows have them: nothing of them is reached besides, so that a simulation of years
 * decides them all. What day it is, a flow's `clock` says.
 */
export interface Runtime {
  /** Milliseconds since some instant, never set back. */
  elapsed(): number;
  /** Rejects when the signal fires first. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
  /** In [0, 1). */
  fraction(): number;
  /** So many random bytes, in hex. */
  hex(bytes: number): string;
  newKey(type: KeyType): Promise<PrivateKeyPem>;
}
