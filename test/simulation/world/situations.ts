import { X509Certificate } from 'node:crypto';
import { orNone } from '../../../lib/foundation/common/parse-json.ts';
import type { StackEvent } from '../../../lib/foundation/events/events.ts';
import { ClaimRecord } from '../../../lib/issuance/renewal/rules/claim-record.ts';
import { PREFERRED_CHAIN } from '../checks/pointer-checks.ts';
import type { Change } from '../services/bucket.ts';
import { suggestedWindow } from '../services/ca-calendar.ts';
import type { IssuedCertificate } from '../services/ca-records.ts';
import { CAA_AT_FINALIZE } from '../services/issuance.ts';
import { OTHER_STACK, WAITS_FOR_WINDOW } from './clockwork.ts';
import type { World } from './world.ts';

type Fact<Type extends StackEvent['type']> = Extract<StackEvent, { type: Type }>['detail'];
type Predicate<Seen> = (seen: Seen, world: World) => boolean;
type Table<Seen> = Record<string, Predicate<Seen>>;

const isDueFor = (reason: string) => (fact: StackEvent) =>
  fact.type === 'Renewal Due' && fact.detail.certificates.some((one) => one.reason === reason);
const fails = (pattern: RegExp) => (fact: StackEvent) =>
  fact.type === 'Certificate Renewal Failed' && pattern.test(fact.detail.reason);
const on =
  <Type extends StackEvent['type']>(type: Type, holds: (detail: Fact<Type>) => boolean = () => true) =>
  (fact: StackEvent) =>
    fact.type === type && holds(fact.detail as Fact<Type>);
const isRejectedFor = (reason: string) =>
  on('Certificates Checked', ({ rejected }) => rejected.items.some((one) => one.reason === reason));
const isLate = (to: string) => on('Certificate Deployment Failed', ({ reason }) => reason === to);

const FACTS: Table<StackEvent> = {
  'a first certificate': isDueFor('never-issued'),
  'a renewal in the suggested window': isDueFor('suggested-window'),
  'a renewal so many days before the end': isDueFor('expires-soon'),
  'a renewal in the last sixth of a life': isDueFor('life-nearly-over'),
  'a forced renewal': isDueFor('forced'),
  'a renewal for a revoked version': isDueFor('revoked'),
  'a renewal for changed names': isDueFor('names-changed'),
  'a renewal for a changed key type': isDueFor('key-changed'),
  'a repair of what was left open': isDueFor('left-open'),
  'a repair for changed hosts': isDueFor('hosts-changed'),
  'a repair of CAA': isDueFor('caa-drifted'),
  'a repair of a lost pointer': isDueFor('pointer-lost'),
  'a repair of an unreadable state': isDueFor('state-unreadable'),
  'a repair of copies': isDueFor('copies-behind'),
  'an older version put back': isDueFor('pinned'),
  'a version released': isDueFor('released'),
  'a pin that ended by itself': on('Certificate Pin Ended'),
  'a window overridden': on('Deployment Window Overridden'),
  'old versions removed': isDueFor('old-versions'),
  'a renewal in a batch with others': on('Renewal Due', ({ certificates }) => certificates.length > 1),
  'a renewal from the second CA': on('Renewal Due', ({ ca }) => ca.includes('pki.goog')),
  'a failure: no answer of the CA': fails(/^ca-(unreachable|timeout|unavailable)$/),
  'a failure: an order that cannot be read': fails(/^acme-server-internal$/),
  'a failure: an order that ended unissued': fails(/^order-/),
  'a failure: a hosted zone that goes meanwhile': fails(/^(zone-missing|no-hosted-zone)$/),
  'a certificate without a hosted zone': isRejectedFor('no-hosted-zone'),
  'a failure: CAA forbids': fails(/^caa-/),
  'a failure: the CA asks to wait': fails(/^ca-asks-to-wait$/),
  'a failure: out of time': fails(/^(out-of-time|wait-limit-reached)$/),
  'a failure: a wrong certificate': fails(
    /-mismatch$|^(already-expired|expires-earlier|certificate-|chain-)/,
  ),
  'a failure: the bucket does not answer': fails(/^store-unavailable$/),
  'the fifth failure in a row': on('Certificate Renewal Failed', ({ failures }) => failures >= 5),
  'an object set aside': on('Object Set Aside'),
  'a file that is rejected': on('Certificates Checked', ({ rejected }) => rejected.count > 0),
  'an overdue certificate': on('Certificates Checked', ({ overdue }) => overdue.count > 0),
  'an import into ACM': on('Certificate Imported'),
  'an import deleted in ACM made anew': on(
    'Certificate Imported',
    ({ reason }) => reason === 'deleted-in-acm',
  ),
  'an import refused by ACM': on('Certificate Import Failed'),
  'a site that serves something else': on('Site Probed', ({ troubles }) => troubles > 0),
  'a site that is well': on('Site Probed', ({ troubles }) => troubles === 0),
  'a new host served': on('Deployment Due', ({ reason }) => reason === 'host-new'),
  'a host that was behind': on('Deployment Due', ({ reason }) => reason === 'host-behind'),
  'a deployment rolled back': isLate('nginx-test-failed'),
  'a deployment that the canary stopped': isLate('canary-failed'),
  'a deployment on a slow canary': isLate('canary-slow'),
  'a deployment without a host online': isLate('hosts-offline'),
};

const claims = ({ before, after, key }: Change) => ({
  isClaim: key.startsWith('pending/'),
  before: orNone(before?.body, ClaimRecord),
  after: orNone(after?.body, ClaimRecord),
});
const takenOver = new WeakMap<World, Map<string, number>>();

const CHANGES: Table<Change> = {
  'a claim taken over from a worker that died': (change) => isTakenOver(change),
  'a claim taken over twice': (change, world) => {
    const counts = takenOver.get(world) ?? new Map<string, number>();
    takenOver.set(world, counts);
    if (change.key.startsWith('pending/') && !change.after) counts.delete(change.key);
    if (!isTakenOver(change)) return false;
    counts.set(change.key, (counts.get(change.key) ?? 0) + 1);
    return counts.get(change.key) === 2;
  },
  'a renewal resumed after finalize': (change, world) => {
    const { before, after, isClaim } = claims(change);
    if (!isClaim || !before?.order || !after?.order || before.owner === after.owner) return false;
    const { url } = before.order;
    const order = world.cas.map(({ orders }) => orders.get(url)).find((found) => found !== undefined);
    return order?.status === 'valid' || order?.status === 'processing';
  },
  'a claim left for later': (change) => {
    const { isClaim, before, after } = claims(change);
    return isClaim && after?.leaseSeconds === 0 && before?.leaseSeconds !== 0;
  },
  'a certificate given up': ({ key, after }) =>
    key.startsWith('state/') && /"givenUp"/.test(after?.body ?? ''),
};

function isTakenOver(change: Change): boolean {
  const { isClaim, before, after } = claims(change);
  return isClaim && !!before && !!after && before.leaseSeconds > 0 && before.owner !== after.owner;
}

const ISSUES: Table<IssuedCertificate> = {
  'a window missed for an outage': (issued, world) => {
    const replaced = world.cas
      .flatMap((ca) => [...ca.issued.values()])
      .find((one) => isReplacedBy(one, issued));
    if (!replaced) return false;
    const { start, end } = suggestedWindow(replaced.notBefore, replaced.notAfter);
    const isDown = world.outages.past.some(
      (one) => one.port === 'ca' && one.from <= end && one.until >= start,
    );
    return issued.issuedAt > end && isDown;
  },
  'a certificate with an RSA key': ({ fullchain }) =>
    new X509Certificate(fullchain).publicKey.asymmetricKeyType === 'rsa',
};

function isReplacedBy(one: IssuedCertificate, { names, issuedAt }: IssuedCertificate): boolean {
  return (
    one.issuedAt < issuedAt &&
    issuedAt < one.notAfter &&
    [...one.names].sort().join() === [...names].sort().join()
  );
}

const NEW_ACCOUNT = 'an account that the CA had lost made anew';
const KEY_BLOCKED = 'a key that the CA has blocked';
const LIMIT_MET = 'an order that a limit of the CA refused';

/** What the runs of several seeds should have come to at least once. */
export const SITUATIONS: readonly string[] = [
  ...[FACTS, CHANGES, ISSUES].flatMap((table) => Object.keys(table)),
  NEW_ACCOUNT,
  KEY_BLOCKED,
  CAA_AT_FINALIZE,
  LIMIT_MET,
  WAITS_FOR_WINDOW,
  PREFERRED_CHAIN,
  OTHER_STACK,
];

/** Counts them in the trace, each by its name. */
export function countSituations(world: World): void {
  const count = <Seen>(table: Table<Seen>) => {
    const all = Object.entries(table);
    return (seen: Seen) => {
      for (const [name, holds] of all) if (holds(seen, world)) world.trace.met(name);
    };
  };
  world.bus.onFact.push(count(FACTS));
  const countChange = count(CHANGES);
  world.bucket.onChange.push((change) => {
    if (/^(pending|state)\//.test(change.key)) countChange(change);
  });
  for (const ca of world.cas) {
    ca.onIssued.push(count(ISSUES));
    ca.onLimit.push(() => world.trace.met(LIMIT_MET));
    ca.onBlockedKey.push(() => world.trace.met(KEY_BLOCKED));
    ca.onAccountAnew.push(() => world.trace.met(NEW_ACCOUNT));
  }
}
