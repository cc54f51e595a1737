import { LivePointer } from '../../../lib/foundation/certificate/live-pointer.ts';
import { archiveKey, liveKey } from '../../../lib/foundation/certificate/object-keys.ts';
import type { Bucket } from '../services/bucket.ts';
import type { Ca } from '../services/ca.ts';
import type { IssuedCertificate } from '../services/ca-records.ts';

/** The part of the world that it is found in. */
export interface Stored {
  bucket: Bucket;
  cas: readonly Ca[];
  /** certIds that were live once. */
  everLive: Set<string>;
}

const byLeaf = new WeakMap<Bucket, Map<string, IssuedCertificate>>();

/** The certificates that were issued, by their PEM, for whoever finds one. */
export function leavesOf(world: Stored): Map<string, IssuedCertificate> {
  const known = byLeaf.get(world.bucket);
  if (known) return known;
  const leaves = new Map<string, IssuedCertificate>();
  byLeaf.set(world.bucket, leaves);
  return leaves;
}

/** Keeps account of what CAs issue. */
export function recordIssued(world: Stored): void {
  const leaves = leavesOf(world);
  for (const ca of world.cas)
    ca.onIssued.push((issued) => {
      for (const chain of [issued.fullchain, issued.otherChain]) leaves.set(chain, issued);
    });
  world.bucket.onChange.push(({ key, after }) => {
    const pointer = after && key.startsWith('live/') && key.endsWith('.json') && parsePointer(after.body);
    if (pointer) world.everLive.add(pointer.certId);
  });
}

export function certificateOf(world: Stored, name: string, version: string): IssuedCertificate | undefined {
  const kept = world.bucket.get(archiveKey(name, version, 'fullchain'));
  return kept && leavesOf(world).get(kept.body);
}

export function pointerOf(world: Stored, name: string): LivePointer | undefined {
  const kept = world.bucket.get(liveKey(name));
  return kept && parsePointer(kept.body);
}

export function parsePointer(body: string): LivePointer | undefined {
  try {
    return LivePointer.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}
