import { LIVE_PREFIX } from '../../../lib/foundation/certificate/object-keys.ts';
import { parsePointer } from '../world/stored.ts';
import type { World } from '../world/world.ts';

/** A version of a certificate while it was live. Instants are in milliseconds. */
export interface LiveVersion {
  from: number;
  /** When another one took its place, or nobody wanted it any more and it expired. */
  until?: number;
  notAfter: number;
}

/** What a run looks like from afar. */
export interface Lives {
  /** By name, in the order of their first version. */
  versions: Map<string, LiveVersion[]>;
  /** When somebody, or the CA, revoked one of the certificate's versions. */
  revoked: { name: string; at: number }[];
  /** When the renewal file was deleted. */
  deleted: { name: string; at: number }[];
  mails: { at: number; isReport: boolean }[];
  /** Services that did not answer at all. */
  outages: readonly { port: string; from: number; until: number }[];
}

/** Keeps account of a world from now on. */
export function recordLives(world: World): Lives {
  const lives: Lives = {
    versions: new Map(),
    revoked: [],
    deleted: [],
    mails: [],
    outages: world.outages.past,
  };
  const certIds = new Map<string, string>();
  const { scheduler } = world;
  world.bucket.onChange.push(({ key, after }) => {
    const pointer = after && key.startsWith(LIVE_PREFIX) && parsePointer(after.body);
    if (!pointer || certIds.has(pointer.certId)) return;
    const name = key.slice(LIVE_PREFIX.length, -'.json'.length);
    certIds.set(pointer.certId, name);
    const versions = lives.versions.get(name) ?? [];
    const last = versions.at(-1);
    if (last) last.until = Math.min(last.until ?? scheduler.now, scheduler.now);
    versions.push({ from: scheduler.now, notAfter: Date.parse(pointer.notAfter) });
    lives.versions.set(name, versions);
  });
  for (const ca of world.cas)
    ca.onRevoked.push(({ certId }) => {
      const name = certIds.get(certId);
      if (name !== undefined) lives.revoked.push({ name, at: scheduler.now });
    });
  world.onWanted.push((name, file) => {
    if (file) return;
    lives.deleted.push({ name, at: scheduler.now });
    const last = lives.versions.get(name)?.at(-1);
    if (last) last.until = last.notAfter;
  });
  world.mails.onMail.push(({ at, subject }) =>
    lives.mails.push({ at, isReport: subject.includes('weekly report') }),
  );
  return lives;
}
