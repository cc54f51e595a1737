import { AcmeError } from '../../../lib/issuance/ca/certificate-authority.ts';
import type { Calls } from '../engine/calls.ts';
import { HOUR } from '../engine/durations.ts';
import type { Invocation } from '../engine/invocation.ts';
import type { Random } from '../engine/random.ts';
import type { Ca } from './ca.ts';

const TROUBLES = ['ca-unreachable', 'ca-timeout', 'ca-unavailable', 'acme-server-internal'] as const;

function troubleOf(ca: Ca): (random: Random) => AcmeError {
  return (random) => {
    const reason = random.pick(TROUBLES);
    const retryAfterMs =
      reason === 'ca-unavailable' && random.chance(0.3) ? random.spread(1_000, 6 * HOUR) : undefined;
    return new AcmeError(reason, `the CA ${ca.host} does not answer (${reason})`, { retryAfterMs });
  };
}

/** Asks a CA through the one way of all calls. */
export function asker(invocation: Invocation, ca: Ca, calls: Calls) {
  return <T>(what: string, effect: () => T) =>
    calls.make(invocation, {
      port: 'ca',
      at: ca.host,
      what: `ca ${ca.host} ${what}`,
      effect,
      trouble: troubleOf(ca),
      latencyMs: 150,
    });
}
