import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { runCommand } from '../setup/run-command.ts';

/**
 * Makes the certificate with which the CA's own HTTPS server shows itself, for localhost, 127.0.0.1
 * and `address`, in `dir`.
 * It signs itself: who trusts `certificate` (NODE_EXTRA_CA_CERTS) can talk to the server, and nothing else follows.
 */
export async function makeTlsCertificate(
  dir: string,
  address = '127.0.0.1',
): Promise<{ certificate: string; privateKey: string }> {
  const certificate = join(dir, 'ca-tls.pem');
  const privateKey = join(dir, 'ca-tls-key.pem');
  const request = [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '30',
  ];
  const extensions = [
    `subjectAltName=DNS:localhost,IP:127.0.0.1,IP:${address}`,
    'basicConstraints=critical,CA:TRUE',
    'keyUsage=critical,digitalSignature,keyCertSign',
    'extendedKeyUsage=serverAuth',
  ].flatMap((extension) => ['-addext', extension]);
  const files = ['-keyout', privateKey, '-out', certificate];
  // Without a configuration of its own, openssl adds the distribution's extensions beside these.
  // Who trusts several finds each by its name.
  const configuration = ['-config', '/dev/null', '-subj', `/CN=Local CA server ${randomUUID()}`];
  await runCommand('openssl', [...request, ...configuration, ...extensions, ...files], { limitMs: 30_000 });
  return { certificate, privateKey };
}
