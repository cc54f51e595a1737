/** MB that the process takes by itself, and for each certificate in a weekly sweep, with half of it to spare (docs/decisions/0022). */
const BASE_MB = 200;
const CERTIFICATE_MB = 0.028;
const STEP_MB = 64;
/** Of the 10,240 MB that Lambda gives a function at most. */
export const MOST_CERTIFICATES = 350_000;
export const USUAL_CERTIFICATES = 10_000;

/** MB of memory of the functions that read what all certificates have, and of the heap in it. */
export function memoryFor(certificates: number): { memory: number; heap: number } {
  const memory = STEP_MB * Math.ceil((BASE_MB + CERTIFICATE_MB * certificates) / STEP_MB);
  return { memory, heap: memory * 0.75 };
}
