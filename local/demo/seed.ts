import { X509Certificate } from 'node:crypto';
import { PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { recordResults } from '../../lib/delivery/deployment/rules/host-record.ts';
import { sha256 } from '../../lib/foundation/certificate/leaf.ts';
import { versionAt } from '../../lib/foundation/certificate/lineage.ts';
import { type LivePointer, pointerText } from '../../lib/foundation/certificate/live-pointer.ts';
import {
  archiveKey,
  hostKey,
  liveCopyKey,
  liveKey,
  renewalKey,
} from '../../lib/foundation/certificate/object-keys.ts';
import { certificateFacts } from '../../lib/foundation/certificate/verify-issued.ts';
import { DAY } from '../../lib/foundation/common/durations.ts';
import { type PemPair, selfSign } from '../hosts/self-signed.ts';

export interface Bucket {
  s3: S3Client;
  name: string;
}

/** A certificate as an earlier run left it: 90 days long, with this many left. */
export interface EarlierCertificate {
  pair: PemPair;
  pointer: LivePointer;
}

export async function earlierCertificate(
  names: string[],
  hosts: string[],
  daysLeft: number,
): Promise<EarlierCertificate> {
  const notAfter = new Date(Date.now() + daysLeft * DAY);
  const notBefore = new Date(notAfter.getTime() - 90 * DAY);
  const pair = await selfSign({ names, notBefore, notAfter });
  const facts = certificateFacts(new X509Certificate(pair.fullchain));
  const pointer: LivePointer = {
    ...facts,
    version: versionAt(notBefore, facts.serial.slice(0, 6)),
    names,
    notBefore: facts.notBefore.toISOString(),
    notAfter: facts.notAfter.toISOString(),
    issuedAt: facts.notBefore.toISOString(),
    key: 'ecdsa-p256',
    hosts,
    serverNames: [],
    profile: 'classic',
    sha256: { fullchain: sha256(pair.fullchain), privkey: sha256(pair.privkey) },
  };
  return { pair, pointer };
}

/** Puts a certificate into the bucket as `renew` would have. */
export async function putEarlier(
  bucket: Bucket,
  name: string,
  { pair, pointer }: EarlierCertificate,
): Promise<void> {
  const files = { cert: pair.fullchain, chain: '', fullchain: pair.fullchain, privkey: pair.privkey };
  const tagging = `perennial-groups=${encodeURIComponent(`:${pointer.hosts.join(':')}:`)}`;
  for (const file of ['cert', 'chain', 'fullchain', 'privkey'] as const) {
    await put(bucket, archiveKey(name, pointer.version, file), files[file], tagging);
    await put(bucket, liveCopyKey(name, file), files[file], tagging);
  }
  await put(bucket, liveCopyKey(name, 'bundle'), pair.fullchain + pair.privkey, tagging);
  await put(bucket, liveKey(name), pointerText(pointer), tagging);
}

/** Writes down that a host serves these versions already. */
export async function putHostRecord(
  bucket: Bucket,
  { id, group }: { id: string; group: string },
  certificates: Map<string, EarlierCertificate>,
): Promise<void> {
  const results = [...certificates].map(([name, { pointer }]) => ({
    name,
    version: pointer.version,
    outcome: 'served' as const,
  }));
  const record = recordResults(undefined, results, {
    instanceId: id,
    group,
    commandId: 'earlier',
    at: new Date(),
  });
  await put(bucket, hostKey(id), JSON.stringify(record));
}

export function putRenewalFile(bucket: Bucket, name: string, text: string): Promise<void> {
  return put(bucket, renewalKey(name), text);
}

async function put({ s3, name }: Bucket, key: string, body: string, tagging?: string): Promise<void> {
  await s3.send(
    new PutObjectCommand({
      Bucket: name,
      Key: key,
      Body: Buffer.from(body),
      ...(tagging ? { Tagging: tagging } : {}),
    }),
  );
}
