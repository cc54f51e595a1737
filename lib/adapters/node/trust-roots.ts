import { getCACertificates, setDefaultCACertificates } from 'node:tls';

/**
 * Trusts these roots (PEM) beside those that Node has, for every TLS connection of this process from now on: Node's `fetch`
 * cannot be given roots for one of them.
 */
export function trustRoots(roots: readonly string[]): void {
  if (roots.length > 0) setDefaultCACertificates([...getCACertificates('default'), ...roots]);
}
