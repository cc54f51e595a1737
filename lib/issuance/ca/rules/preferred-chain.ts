import { X509Certificate } from 'node:crypto';
import { PEM_BLOCK } from '../../../foundation/certificate/verify-issued.ts';

/**
 * The chain (PEM, the leaf first) whose topmost certificate was issued by the root of this common name; without one, the CA's
 * own choice, which is the first, and the roots that are `offeredInstead`. A missing root stops no issuance.
 */
export function chooseChain(chains: readonly [string, ...string[]], preferred: string | undefined) {
  if (preferred === undefined) return { chain: chains[0] };
  const roots = chains.map(rootOf);
  const found = chains[roots.indexOf(preferred)];
  if (found !== undefined) return { chain: found };
  return { chain: chains[0], offeredInstead: roots.filter((root) => root !== undefined) };
}

/** Common name of the topmost certificate's issuer; `undefined` where it cannot be read. */
function rootOf(chain: string): string | undefined {
  const top = chain.match(PEM_BLOCK)?.at(-1);
  if (top === undefined) return undefined;
  try {
    return /^CN=(.*)$/m.exec(new X509Certificate(top).issuer)?.[1];
  } catch {
    return undefined;
  }
}
