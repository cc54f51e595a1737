import { X509Certificate } from 'node:crypto';
import { PEM_BLOCK } from '../../../foundation/certificate/verify-issued.ts';

export interface ChosenChain {
  /** PEM, the leaf first. */
  chain: string;
  /** The roots that the CA's chains lead to, where none of them is the preferred one. */
  offeredInstead?: string[];
}

/**
 * The chain whose topmost certificate was issued by the root of this common name; without one, the CA's own choice, which
 * is the first. A root that is not there keeps nobody from a certificate.
 */
export function chooseChain(
  chains: readonly [string, ...string[]],
  preferred: string | undefined,
): ChosenChain {
  if (preferred === undefined) return { chain: chains[0] };
  const roots = chains.map(rootOf);
  const found = chains[roots.indexOf(preferred)];
  if (found !== undefined) return { chain: found };
  return { chain: chains[0], offeredInstead: roots.filter((root) => root !== undefined) };
}

/** Common name of who issued the topmost certificate; `undefined` where that cannot be read. */
function rootOf(chain: string): string | undefined {
  const top = chain.match(PEM_BLOCK)?.at(-1);
  if (top === undefined) return undefined;
  try {
    return /^CN=(.*)$/m.exec(new X509Certificate(top).issuer)?.[1];
  } catch {
    return undefined;
  }
}
