import { identifierOf, isAtOrBelow } from '../../../lib/foundation/certificate/domain-name.ts';
import { stateKey } from '../../../lib/foundation/certificate/object-keys.ts';
import { orNone } from '../../../lib/foundation/common/parse-json.ts';
import type { RenewalDue, StackEvent } from '../../../lib/foundation/events/events.ts';
import { casOf } from '../../../lib/issuance/ca/rules/ca-list.ts';
import { setOf } from '../../../lib/issuance/ca/rules/rate-limit-scope.ts';
import { isRepair } from '../../../lib/issuance/renewal/rules/decide-renewal.ts';
import { failuresOf, State } from '../../../lib/issuance/renewal/rules/state.ts';
import { DAY, MINUTE } from '../engine/durations.ts';
import type { Invocation } from '../engine/invocation.ts';
import type { World } from '../world/world.ts';
import type { Breaches } from './broken.ts';

/** After 1, 10 and 100 minutes, and then, where the certificate is needed soon, each 100 minutes as hourly checks come. */
const TRIES = 16;
/** While one CA backs off the next one is asked: two tries in three hours are four more, after a minute and ten two more. */
const TRIES_BETWEEN = 6;
/** What comes with each check, the sweep and the checks of files that were written. */
const CHECKS = 32;
/** Removes and writes of a TXT set, one after the other. */
const EDITS = 4;
/** A message is handed over so often. */
const DELIVERIES = 5;
/** Longer than a scan: it may have read what was there before. */
const SCAN = 16 * MINUTE;

/** Nothing is tried for ever: neither more often in a day than back-off and schedule allow, nor before a back-off ends. */
export function checkTries({ world, breaches }: { world: World; breaches: Breaches }): void {
  const counts = new Map<string, number>();
  const forced: { name: string; at: number }[] = [];
  let today = 0;
  /** By certificate: how many CAs it had besides the first, at most today. */
  const fallbacks = new Map<string, number>();
  const beginDay = () => {
    const day = Math.floor(world.scheduler.now / DAY);
    if (day === today) return;
    today = day;
    counts.clear();
    fallbacks.clear();
  };
  const count = (what: string, most: number) => {
    beginDay();
    const times = (counts.get(what) ?? 0) + 1;
    counts.set(what, times);
    if (times === Math.ceil(most) + 1) breaches.report('tried-too-often', `${what}: ${times} times in a day`);
  };
  /** Each forced renewal is one more, as often as its message comes. */
  const triesOf = (names: readonly string[]) => {
    beginDay();
    const since = world.scheduler.now - 2 * DAY;
    while ((forced[0]?.at ?? since) < since) forced.shift();
    const tries = names.map((name) => {
      const others = Math.max(fallbacks.get(name) ?? 0, casWanted(world, name).length - 1);
      fallbacks.set(name, others);
      return TRIES + TRIES_BETWEEN * others;
    });
    return (
      tries.reduce((sum, most) => sum + most, 0) +
      DELIVERIES * forced.filter(({ name }) => names.includes(name)).length
    );
  };
  const checks = () => CHECKS * (world.clockwork?.hasOther ? 2 : 1);

  for (const ca of world.cas)
    ca.onAsked.push(({ names, replaces }) => {
      const set = setOf(names);
      const same = [...world.files].filter(([, file]) => setOf(file.names) === set).map(([name]) => name);
      // One that the CA refuses for what it replaces is asked for once more without, in the same try.
      const kind = replaces === undefined ? 'order' : 'order in place of another';
      if (same.length > 0) count(`${kind} for ${set}`, triesOf(same));
    });
  world.route53.onChange.push(({ changes }) => {
    const sets = new Map(changes.map(({ set }) => [`${set.type} ${set.name}`, set.name]));
    for (const [set, at] of sets) {
      const names = certificatesBelow(world, at.replace(/^_acme-challenge\./, ''));
      if (names.length > 0) count(`change of ${set}`, EDITS * triesOf(names));
    }
  });
  world.dns.onCaa.push((name) => {
    const names = certificatesBelow(world, name);
    if (names.length > 0) count(`look at CAA of ${name}`, EDITS * triesOf(names));
  });
  world.fleet.onSend.push(({ names, instanceIds }) => {
    for (const name of names)
      for (const id of instanceIds) count(`installation of ${name} on ${id}`, 2 * checks() + triesOf([name]));
  });
  world.bus.onFact.push((fact, by) => {
    if (fact.type !== 'Renewal Due') return countFact(fact);
    for (const one of fact.detail.certificates) {
      if (one.reason === 'forced') forced.push({ name: one.name, at: world.scheduler.now });
      else if (by?.functionName === 'scan') judgeDue(fact.detail, one, by);
    }
  });

  function countFact(fact: StackEvent): void {
    if (fact.type === 'Certificate Renewal Failed') {
      const { name, reason } = fact.detail;
      // An order that its CA is at work on is looked at by each check.
      if (reason === 'ca-asks-to-wait') count(`look at the order of ${name}`, checks());
      else count(`failure of ${name}`, triesOf([name]));
    } else if (fact.type === 'Deployment Due')
      count(
        `deployment of ${fact.detail.names} to ${fact.detail.group}`,
        checks() + triesOf(fact.detail.names),
      );
    else if (fact.type === 'Certificate Imported' || fact.type === 'Certificate Import Failed')
      count(`import of ${fact.detail.name} in ${fact.detail.region}`, checks() + triesOf([fact.detail.name]));
  }

  /** What is due again before the back-off of its last failure ends, which a check could know of. */
  function judgeDue(
    { ca }: RenewalDue,
    { name, reason }: RenewalDue['certificates'][number],
    { skewMs }: Invocation,
  ): void {
    const kept = world.bucket.get(stateKey(name));
    const state = orNone(kept?.body, State);
    const { notBefore = '' } = failuresOf(state, isRepair(reason) ? reason : undefined) ?? {};
    const { now } = world.scheduler;
    if (!kept || skewMs !== 0 || kept.modified > now - SCAN || !(Date.parse(notBefore) > now)) return;
    // Where others stay down the next one is asked, and a lost pointer comes before everything.
    if ((!isRepair(reason) && state?.lastCa !== ca) || reason === 'pointer-lost') return;
    breaches.report('tried-while-backing-off', `${name} (${reason}), before ${notBefore}`);
  }
}

function casWanted({ files, settings }: World, name: string): readonly string[] {
  const file = files.get(name) as { ca?: string[] } | undefined;
  return casOf(file ?? {}, settings);
}

/** Certificates with a name there or below. */
function certificatesBelow({ files }: World, at: string): string[] {
  const isThere = (name: string) => isAtOrBelow(identifierOf(name), at);
  return [...files].filter(([, file]) => file.names.some(isThere)).map(([name]) => name);
}
