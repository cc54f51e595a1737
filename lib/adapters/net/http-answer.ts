import { request as plainRequest } from 'node:http';
import { request as secureRequest } from 'node:https';
import type { HttpAnswer, Unseen } from '../../delivery/probe/rules/site-facts.ts';
import { limited, type Target, unseen } from './tls-handshake.ts';

/** The head of the answer to `GET /`; its body is not read, and no redirect is followed. */
export function askHttp(
  { address, port, site }: Target,
  { scheme, signal }: { scheme: 'http' | 'https'; signal: AbortSignal },
): Promise<HttpAnswer | Unseen> {
  return new Promise((resolve) => {
    const options = {
      host: address,
      port,
      headers: { host: site, 'user-agent': 'perennial-probe', connection: 'close' },
      agent: false,
      maxHeaderSize: 16_384,
      signal: limited(signal),
    } as const;
    const asked =
      scheme === 'http'
        ? plainRequest(options)
        : secureRequest({ ...options, servername: site, rejectUnauthorized: false });
    asked
      .once('response', (response) => {
        const { statusCode = 0, headers } = response;
        response.once('error', () => undefined).destroy();
        resolve({
          status: statusCode,
          location: headers.location,
          hsts: headers['strict-transport-security'],
        });
      })
      .on('error', (error) => resolve(unseen(error)))
      .end();
  });
}
