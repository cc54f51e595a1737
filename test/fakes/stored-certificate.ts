import { X509Certificate } from 'node:crypto';
import { sha256 } from '../../lib/foundation/certificate/leaf.ts';
import { type LivePointer, pointerText } from '../../lib/foundation/certificate/live-pointer.ts';
import { archiveKey, liveCopyKey, liveKey } from '../../lib/foundation/certificate/object-keys.ts';
import { certificateFacts } from '../../lib/foundation/certificate/verify-issued.ts';
import { newKey, type TestCa } from './certificates.ts';
import type { MemoryStore } from './memory-store.ts';

const DAY = 86_400_000;

export interface StoredRequest {
  version: string;
  notAfter: Date;
  names?: string[];
  days?: number;
}

/** Puts a version of a certificate into the archive, as `renew` does; the pointer and the copies that belong to it. */
export async function archiveVersion(
  store: MemoryStore,
  { ca, name }: { ca: TestCa; name: string },
  { version, notAfter, names = ['example.com'], days = 90 }: StoredRequest,
) {
  const key = newKey();
  const notBefore = new Date(notAfter.getTime() - days * DAY);
  const cert = await ca.issue({ key, names, notBefore, notAfter });
  const files = { cert, chain: ca.issuer, fullchain: cert + ca.issuer, privkey: key.reveal() };
  for (const [file, pem] of Object.entries(files))
    await store.put(archiveKey(name, version, file as keyof typeof files), pem);
  const facts = certificateFacts(new X509Certificate(cert));
  const pointer: LivePointer = {
    ...facts,
    version,
    names,
    notBefore: facts.notBefore.toISOString(),
    notAfter: facts.notAfter.toISOString(),
    issuedAt: facts.notBefore.toISOString(),
    key: 'ecdsa-p256',
    hosts: [],
    serverNames: [],
    sha256: { fullchain: sha256(files.fullchain), privkey: sha256(files.privkey) },
    ca: 'https://ca.test/directory',
  };
  return { pointer, copies: { ...files, bundle: files.fullchain + files.privkey } };
}

/** Puts a live certificate into the bucket: version, pointer and copies. */
export async function storeLive(
  store: MemoryStore,
  at: { ca: TestCa; name: string },
  { more = {}, ...request }: StoredRequest & { more?: Partial<LivePointer> },
): Promise<LivePointer> {
  const { pointer, copies } = await archiveVersion(store, at, request);
  for (const [file, pem] of Object.entries(copies))
    await store.put(liveCopyKey(at.name, file as keyof typeof copies), pem);
  await store.put(liveKey(at.name), pointerText({ ...pointer, ...more }));
  return { ...pointer, ...more };
}
