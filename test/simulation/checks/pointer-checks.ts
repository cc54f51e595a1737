import type { LivePointer } from '../../../lib/foundation/certificate/live-pointer.ts';
import { archiveKey, LIVE_PREFIX } from '../../../lib/foundation/certificate/object-keys.ts';
import { PrivateKeyPem } from '../../../lib/foundation/certificate/private-key-pem.ts';
import { keyFingerprint } from '../../../lib/foundation/certificate/verify-issued.ts';
import { DAY, HOUR } from '../engine/durations.ts';
import { rootsOf } from '../keys/issuer.ts';
import type { IssuedCertificate } from '../services/ca-records.ts';
import { certificateOf, parsePointer, pointerOf } from '../world/stored.ts';
import type { World } from '../world/world.ts';
import { sinceHeard } from './ca-outages.ts';
import type { Parts } from './parts.ts';

/** What is revoked is looked at so long after it, and once more where something was in the way for days. */
export const JUDGED_AFTER = [60 * HOUR, 10 * DAY] as const;
/** A renewal has so long after the last that stood in its way. */
const ENOUGH = 30 * HOUR;
const NEEDED = ['s3', 'route53', 'dns', 'ca', 'bus'] as const;

export const PREFERRED_CHAIN = "a chain other than the CA's own choice";

/** Invariants 1 and 2, compromised keys, and certificates that expire or were revoked and need not have been served. */
export function checkPointers({ world, breaches, opportunities }: Parts): { commits: () => number } {
  const newest = new Map<string, string>();
  let commits = 0;
  world.bucket.onChange.push(({ key, before, after, by }) => {
    if (!key.startsWith(LIVE_PREFIX) || !key.endsWith('.json')) return;
    const pointer = after && parsePointer(after.body);
    if (!after || !pointer || after.etag === before?.etag) return;
    const name = key.slice(LIVE_PREFIX.length, -'.json'.length);
    if (by === 'somebody') return void newest.set(name, pointer.version);
    if (pointer.version < (newest.get(name) ?? ''))
      breaches.report('pointer-goes-back', `${name} to ${pointer.version}`);
    const isNew = pointer.version !== newest.get(name);
    newest.set(name, pointer.version);
    const issued = certificateOf(world, name, pointer.version);
    if (!issued || !isPair(world, name, pointer, issued))
      return breaches.report('pair-matches', `${name} ${pointer.version}`);
    if (!pointer.names.every((one) => issued.names.includes(one)))
      breaches.report('names-match', `${name} ${pointer.version} is for ${issued.names.join(' ')}`);
    if (!isNew) return;
    if (!isChainPreferred(world, name, pointer, issued))
      breaches.report('chain-not-preferred', `${name} ${pointer.version}`);
    commits += 1;
    world.trace.met('committed');
    if (isCompromised(world, issued, world.scheduler.now - HOUR / 2) && !isReported(world, issued))
      breaches.report('compromised-key-live', `${name} ${pointer.version}`);
    world.scheduler.at(issued.notAfter, `expiry of ${name}`, () => judgeExpiry(name, pointer, issued));
  });

  function judgeExpiry(
    name: string,
    { version }: LivePointer,
    { notBefore, notAfter }: IssuedCertificate,
  ): void {
    if (pointerOf(world, name)?.version !== version || !isWanted(world, name)) return;
    const life = notAfter - notBefore;
    const from = Math.max(notAfter - timeToRenew(world, name, life), world.wantedSince.get(name) ?? 0);
    const span = { from, until: notAfter, forAgeUntil: notAfter - life / 6 };
    const clear = opportunities.longestClear(name, span, NEEDED);
    world.trace.met('certificate expired');
    if (clear >= ENOUGH)
      breaches.report(
        'expired',
        `${name} ${version}, with ${Math.round(clear / HOUR)} h in which nothing was in the way`,
      );
  }

  for (const ca of world.cas)
    ca.onRevoked.push((revoked) => {
      const judge = () => {
        for (const name of world.files.keys()) {
          const pointer = pointerOf(world, name);
          if (pointer?.certId !== revoked.certId || !isWanted(world, name)) continue;
          if (opportunities.longestClear(name, sinceHeard(revoked, ca), NEEDED) >= ENOUGH)
            breaches.report(
              'revoked-stays-live',
              `${name} ${pointer.version}, ${revoked.reason ?? 'by the CA'}`,
            );
        }
      };
      for (const after of JUDGED_AFTER) world.scheduler.after(after, 'after a revocation', judge);
    });
  return { commits: () => commits };
}

/** Before its end: a third of its life, or what the file asks for and, where that is less, a sixth. */
function timeToRenew(world: World, name: string, life: number): number {
  const renewBeforeDays = world.files.get(name)?.renewBeforeDays;
  const asked = typeof renewBeforeDays === 'number' ? renewBeforeDays * DAY : life / 3;
  return Math.max(life / 6, Math.min(life / 3, asked));
}

function isPair(world: World, name: string, { version }: LivePointer, issued: IssuedCertificate): boolean {
  const key = world.bucket.get(archiveKey(name, version, 'privkey'));
  try {
    return key !== undefined && keyFingerprint(new PrivateKeyPem(key.body)) === issued.keyFingerprint;
  } catch {
    return false;
  }
}

/** Whether its chain is the one that the file asked for when it was issued, where its CA offers that. */
function isChainPreferred(
  world: World,
  name: string,
  { version }: LivePointer,
  issued: IssuedCertificate,
): boolean {
  const preferredChain = world.files.get(name)?.preferredChain;
  const wasAsked = (world.wantedSince.get(name) ?? 0) < issued.issuedAt - DAY;
  const ca = world.cas.find((one) => one.issued.has(issued.certId));
  if (!wasAsked || !ca) return true;
  const [, older] = rootsOf(ca.host);
  const chain = world.bucket.get(archiveKey(name, version, 'fullchain'))?.body;
  if (preferredChain === older) world.trace.met(PREFERRED_CHAIN);
  return chain === (preferredChain === older ? issued.otherChain : issued.fullchain);
}

/** Whether the key's compromise was known at an instant; a commit takes some minutes after it. */
export function isCompromised(world: World, { keyFingerprint }: IssuedCertificate, at: number): boolean {
  return world.cas.some((ca) =>
    [...ca.issued.values()].some(
      (one) =>
        one.keyFingerprint === keyFingerprint &&
        one.reason === 'keyCompromise' &&
        (one.revokedAt ?? Number.POSITIVE_INFINITY) < at,
    ),
  );
}

/** Whether somebody reported the key to a CA, which tells nobody: whoever puts a version of before back cannot know. */
function isReported({ cas, saidCompromised }: World, { keyFingerprint }: IssuedCertificate): boolean {
  return !saidCompromised.has(keyFingerprint) && cas.some((ca) => ca.blockedKeys.has(keyFingerprint));
}

/** Whether people want it, and the stack may have it. */
export function isWanted(world: World, name: string): boolean {
  const file = world.files.get(name);
  if (!file) return false;
  return file.names.every((one) =>
    world.settings.domains.some((domain) => one === domain || one.endsWith(`.${domain}`)),
  );
}
