import { PENDING_PREFIX, revokedKey } from '../../../lib/foundation/certificate/object-keys.ts';
import { isCompromised as isKnownCompromised } from '../../../lib/foundation/certificate/revocation.ts';
import { orNone } from '../../../lib/foundation/common/parse-json.ts';
import { ClaimRecord } from '../../../lib/issuance/renewal/rules/claim-record.ts';
import { knownOf, revocationsIn } from '../../../lib/issuance/revocation/read-revocations.ts';
import { DAY, HOUR } from '../engine/durations.ts';
import type { Ca } from '../services/ca.ts';
import { ORDER_LIFE } from '../services/ca-book.ts';
import type { IssuedCertificate, KeptOrder } from '../services/ca-records.ts';
import { pointerOf } from '../world/stored.ts';
import type { World } from '../world/world.ts';
import { keysInClaims } from './ordered-for.ts';
import type { Parts } from './parts.ts';
import { isCompromised, isWanted } from './pointer-checks.ts';

/** How long after its issue, or after the CA last sent it as something else, a certificate is live. */
const USED_WITHIN = 2 * DAY;

/** Invariant 4: nothing is issued in vain, and no proof is taken away from under its eyes. */
export function checkCas({ world, breaches, opportunities }: Parts): void {
  const { scheduler, trace } = world;
  const namesLike = ({ names }: IssuedCertificate) =>
    [...world.files].filter(([, file]) => sameNames(file.names, names)).map(([name]) => name);
  const couldUse = (name: string, since: number, finalizedAt = since) => {
    const span = { from: since - HOUR, until: since + USED_WITHIN };
    const clear = opportunities.longestClear(name, span, ['s3', 'ca', 'route53', 'dns', 'bus']);
    return (
      clear >= 30 * HOUR &&
      isWanted(world, name) &&
      !wasChanged(world, name, Math.min(span.from, finalizedAt))
    );
  };
  /** Where a CA does not answer just when it issues, or sends it as something else, the next one is asked (decision 0010). */
  const wasLeftForAnother = (name: string, ca: Ca, { names, issuedAt, spoiltAt }: IssuedCertificate) => {
    const isLater = ({ expires, finalizedAt = 0 }: KeptOrder) =>
      Math.max(expires - ORDER_LIFE, finalizedAt) > issuedAt;
    const orders = world.cas.filter((other) => other !== ca).flatMap((other) => [...other.orders.values()]);
    const span = { from: issuedAt - HOUR, until: (spoiltAt ?? issuedAt) + HOUR };
    return (
      orders.some((order) => isLater(order) && sameNames(order.names, names)) &&
      opportunities.wasHit(name, span, 'ca')
    );
  };
  const spoilt = spoiltOrders(world);
  const orderedFor = keysInClaims(world);
  for (const ca of world.cas) {
    ca.onIssued.push((issued) => {
      trace.met(`issued for ${Math.round((issued.notAfter - issued.notBefore) / DAY)} days`);
      const before = namesLike(issued);
      const judge = () => {
        const alike = [...new Set([...before, ...namesLike(issued)])];
        // Of certificates with the same names it was for the one whose key it has.
        const owner = orderedFor.get(issued.keyFingerprint);
        const namesOf = alike.filter((name) => owner === undefined || name === owner);
        const isLive = world.everLive.has(issued.certId);
        if (isLive || namesOf.length === 0 || cannotBeHad(ca, issued, spoilt)) return;
        if (namesOf.some((name) => wasLeftForAnother(name, ca, issued))) return;
        // A reused key, which was revoked meanwhile.
        if (isCompromised(world, issued, scheduler.now) || isSaidCompromised(world, issued, namesOf)) return;
        // The next try can be a day after the one in which the CA sent it as something else.
        const since = issued.spoiltAt ?? issued.issuedAt;
        const left = since + USED_WITHIN - scheduler.now;
        if (left > 0) {
          scheduler.after(left, 'after an issue', judge);
          return;
        }
        trace.met('issued in vain');
        const { finalizedAt } = orderOf(ca, issued) ?? {};
        if (namesOf.every((name) => couldUse(name, since, finalizedAt)))
          breaches.report(
            'issued-in-vain',
            `${issued.serial}; live are ${namesOf.map((name) => `${name} ${pointerOf(world, name)?.version}`).join(', ')}`,
          );
      };
      scheduler.after(USED_WITHIN, 'after an issue', judge);
    });
    ca.onRefusedProof.push(({ identifier, txtValue, problem }) => {
      trace.met('proof refused');
      if (problem?.startsWith('Incorrect TXT') && world.removedWhileAsked.has(`"${txtValue}"`))
        breaches.report('proof-removed-early', `${identifier}: the TXT was removed while the CA looked`);
    });
  }
  world.route53.onChange.push(({ zone, changes }) => {
    for (const { action, set } of changes)
      if (action === 'DELETE' && set.type === 'TXT')
        for (const value of set.values)
          if (!zone.sets.get(`TXT ${set.name}`)?.values.includes(value) && isAsked(world, value))
            world.removedWhileAsked.add(value);
  });
}

/** An order that its CA does not go on with in four tries is given up: hours after the first, sooner where people force. */
const LONGEST_WAIT = 2 * HOUR;

/** What a CA shows to nobody, sends as something else twice, issues hours later, or has of an account that it lost is lost. */
function cannotBeHad(ca: Ca, issued: IssuedCertificate, spoilt: ReadonlySet<string>): boolean {
  if (issued.timesSpoilt >= 2 || ca.lost.has(issued.account)) return true;
  const order = orderOf(ca, issued);
  if (!order) return false;
  const isLate = issued.issuedAt - (order.finalizedAt ?? issued.issuedAt) > LONGEST_WAIT;
  return order.isPoisoned || isLate || spoilt.has(order.url);
}

function orderOf({ orders }: Ca, issued: IssuedCertificate): KeptOrder | undefined {
  return [...orders.values()].find((one) => one.issued === issued);
}

/** Orders that somebody spoilt in their claim, or took out of it, with the only key. */
function spoiltOrders({ bucket }: World): ReadonlySet<string> {
  const spoilt = new Set<string>();
  bucket.onChange.push(({ key, before, after, by }) => {
    if (by !== 'somebody' || !key.startsWith(PENDING_PREFIX)) return;
    const [had, has] = [before, after].map((one) => orNone(one?.body, ClaimRecord)?.order);
    if (had && JSON.stringify(had) !== JSON.stringify(has)) spoilt.add(had.url);
  });
  return spoilt;
}

/** By people, where that was written down before the CA failed to hear of it. */
function isSaidCompromised(
  { saidCompromised, bucket }: World,
  { keyFingerprint }: IssuedCertificate,
  names: readonly string[],
): boolean {
  return (
    saidCompromised.has(keyFingerprint) &&
    names.some((name) =>
      isKnownCompromised(knownOf(revocationsIn(bucket.get(revokedKey(name))?.body ?? '')), keyFingerprint),
    )
  );
}

function isAsked(world: World, value: string): boolean {
  return world.cas.some((ca) =>
    [...ca.authorizations.values()].some(
      (one) => one.answered && one.status === 'pending' && `"${one.txtValue}"` === value,
    ),
  );
}

function wasChanged(world: World, name: string, since: number): boolean {
  return (world.wantedSince.get(name) ?? 0) >= since;
}

function sameNames(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((name) => b.includes(name));
}
