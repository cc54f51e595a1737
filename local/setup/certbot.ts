import { join } from 'node:path';
import { findInOwnEnvironment } from './own-environment.ts';

export const CERTBOT_VERSION = '5.8.0';

/** certbot with its plugin for Route 53, for tests and the benchmark only; or one line that says why it cannot be had. */
export async function findCertbot(): Promise<{ program: string } | string> {
  const found = await findInOwnEnvironment({
    title: `certbot ${CERTBOT_VERSION}`,
    folder: `certbot-dns-route53-${CERTBOT_VERSION}`,
    requirements: join(import.meta.dirname, 'certbot.txt'),
    program: 'certbot',
  });
  return typeof found === 'string' ? `SKIPPED: ${found}` : found;
}
