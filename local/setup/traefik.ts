import { findPythonProgram } from './python-program.ts';

export const TRAEFIK_VERSION = '3.7.15';

/** Traefik, which PyPI has as a program (its Go module cannot be installed); or one line that says why it cannot be had. */
export function findTraefik(): Promise<{ program: string } | string> {
  return findPythonProgram({ name: 'traefik', version: TRAEFIK_VERSION, requirements: 'traefik' });
}
