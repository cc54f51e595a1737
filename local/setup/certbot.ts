import { findPythonProgram } from './python-program.ts';

export const CERTBOT_VERSION = '5.8.0';

/** certbot with its plugin for Route 53, for tests and the benchmark only; or one line that says why it cannot be had. */
export function findCertbot(): Promise<{ program: string } | string> {
  return findPythonProgram({ name: 'certbot', version: CERTBOT_VERSION, requirements: 'certbot' });
}
