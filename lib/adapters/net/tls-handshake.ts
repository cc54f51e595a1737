import { connect, type SecureVersion } from 'node:tls';
import type { Served, Unseen } from '../../delivery/probe/rules/site-facts.ts';

/** An address, so that no second look-up leads elsewhere, and the name to ask for. */
export interface Target {
  address: string;
  port: number;
  site: string;
}

const LIMIT_MS = 5_000;

/** Limits one connection, within the caller's limit. */
export function limited(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]);
}

/** Any error as its code, or as one line. */
export function unseen(error: unknown): Unseen {
  if (error instanceof Error && ['AbortError', 'TimeoutError'].includes(error.name))
    return { error: `no answer within ${LIMIT_MS / 1000} s` };
  if (error instanceof Error && 'code' in error) return { error: String(error.code) };
  return { error: error instanceof Error ? error.message.slice(0, 200) : String(error) };
}

/** Shakes hands, takes down the certificate, good or not, and hangs up. */
export function shakeHands(
  { address, port, site }: Target,
  { signal, version }: { signal: AbortSignal; version?: SecureVersion },
): Promise<Served | (Unseen & { address: string })> {
  return new Promise((resolve) => {
    const socket = connect({
      host: address,
      port,
      servername: site,
      rejectUnauthorized: false,
      ALPNProtocols: ['h2', 'http/1.1'],
      // OpenSSL offers the old versions only at its lowest level.
      ...(version && { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' }),
    });
    const limit = limited(signal);
    const giveUp = () => socket.destroy(limit.reason);
    const end = (result: Served | (Unseen & { address: string })) => {
      limit.removeEventListener('abort', giveUp);
      socket.destroy();
      resolve(result);
    };
    limit.addEventListener('abort', giveUp);
    if (limit.aborted) giveUp();
    socket.once('error', (error) => end({ address, ...unseen(error) }));
    socket.once('close', () => end({ address, error: 'closed' }));
    socket.once('secureConnect', () => {
      const certificate = socket.getPeerCertificate();
      end({
        address,
        serial: (certificate.serialNumber ?? '').toLowerCase().replace(/^0+/, ''),
        notBefore: new Date(certificate.valid_from),
        notAfter: new Date(certificate.valid_to),
        // Declared as an Error; Node gives its code as a string.
        untrusted: socket.authorizationError ? unseen(socket.authorizationError).error : undefined,
        protocol: socket.alpnProtocol || undefined,
      });
    });
  });
}
