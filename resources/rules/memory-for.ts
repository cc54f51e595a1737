/** Certificates that a check takes 256 MB for: 218 MB were the most that one of 10,000 used (docs/decisions/0022). */
export const BLOCK = 10_000;
const BLOCK_MB = 256;
/** Of the 10,240 MB that Lambda gives a function at most. */
export const MOST_CERTIFICATES = 400_000;

/** MB of memory of the functions that read what all certificates have, and of the heap in it. */
export function memoryFor(certificates: number): { memory: number; heap: number } {
  const memory = BLOCK_MB * Math.ceil(certificates / BLOCK);
  return { memory, heap: memory * 0.75 };
}
