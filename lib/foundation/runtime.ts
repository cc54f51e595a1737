import type { PrivateKeyPem } from './certificate/private-key-pem.ts';
import type { KeyType } from './certificate/renewal-file.ts';
import type { Timer } from './common/timer.ts';

/**
 * The only source of elapsed time, randomness and keys for the flows, so that a simulation of years can control all three. A
 * flow's `clock` says what day it is.
 */
export interface Runtime extends Timer {
  /** In [0, 1). */
  fraction(): number;
  /** So many random bytes, in hex. */
  hex(bytes: number): string;
  newKey(type: KeyType): Promise<PrivateKeyPem>;
}
