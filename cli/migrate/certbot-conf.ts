import { join } from 'node:path';
import type { LivePointer } from '../../lib/foundation/certificate/live-pointer.ts';
import type { KeyType } from '../../lib/foundation/certificate/renewal-file.ts';

const KEY_LINES: Record<KeyType, string[]> = {
  'ecdsa-p256': ['key_type = ecdsa', 'elliptic_curve = secp256r1'],
  'ecdsa-p384': ['key_type = ecdsa', 'elliptic_curve = secp384r1'],
  'rsa-2048': ['key_type = rsa', 'rsa_key_size = 2048'],
  'rsa-3072': ['key_type = rsa', 'rsa_key_size = 3072'],
  'rsa-4096': ['key_type = rsa', 'rsa_key_size = 4096'],
};

/** certbot's `renewal/<name>.conf` for a lineage in `folder`: it lists it, and renews it over Route 53 with an account of its own. */
export function certbotConf(
  folder: string,
  name: string,
  { ca, key, profile }: Pick<LivePointer, 'ca' | 'key' | 'profile'>,
): string {
  const file = (part: string) => `${part} = ${join(folder, 'live', name, `${part}.pem`)}`;
  return [
    `archive_dir = ${join(folder, 'archive', name)}`,
    ...['cert', 'privkey', 'chain', 'fullchain'].map(file),
    '[renewalparams]',
    'authenticator = dns-route53',
    ...(ca === undefined ? [] : [`server = ${ca}`]),
    ...KEY_LINES[key],
    ...(profile === undefined ? [] : [`preferred_profile = ${profile}`]),
    '',
  ].join('\n');
}
