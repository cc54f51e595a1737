import { createHash, X509Certificate } from 'node:crypto';
import { groupListText } from '../../../lib/delivery/deployment/rules/group-list.ts';
import type { PemPair } from '../../../local/hosts/self-signed.ts';

export interface StoredVersion {
  name: string;
  version: string;
  pair: PemPair;
}

const sha256 = (content: string | Buffer) => createHash('sha256').update(content).digest('hex');
const namesOf = (leaf: X509Certificate) => (leaf.subjectAltName ?? '').replaceAll('DNS:', '').split(', ');

/** What live/<name>.json has of a version. */
export function pointerTo(pair: PemPair, version: string) {
  const leaf = new X509Certificate(pair.fullchain);
  return {
    version,
    names: namesOf(leaf),
    serial: leaf.serialNumber,
    notBefore: leaf.validFromDate.toISOString(),
    notAfter: leaf.validToDate.toISOString(),
    fingerprint: sha256(leaf.raw),
    hosts: ['web'],
    sha256: { fullchain: sha256(pair.fullchain), privkey: sha256(pair.privkey) },
  };
}

/** groups/web.json of what is published. */
export function listText(versions: readonly StoredVersion[]): string {
  const certificates = versions.map(({ name, version, pair }) => {
    const { serial, notAfter, names, sha256 } = pointerTo(pair, version);
    return { name, version, serial, notAfter, names, serverNames: [], ...sha256 };
  });
  return groupListText('web', certificates);
}
