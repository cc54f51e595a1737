import { findPythonProgram } from './python-program.ts';

export const PODMAN_COMPOSE_VERSION = '1.6.0';

/** podman-compose, which reads compose files for podman; or one line that says why it cannot be had. */
export function findPodmanCompose(): Promise<{ program: string } | string> {
  return findPythonProgram({
    name: 'podman-compose',
    version: PODMAN_COMPOSE_VERSION,
    requirements: 'podman-compose',
  });
}
