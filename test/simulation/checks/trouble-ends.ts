import { AcmRecord } from '../../../lib/delivery/acm/rules/decide-imports.ts';
import {
  ACM_PREFIX,
  PINS_PREFIX,
  RENEWAL_PREFIX,
  STATE_PREFIX,
} from '../../../lib/foundation/certificate/object-keys.ts';
import { orNone } from '../../../lib/foundation/common/parse-json.ts';
import type { CheckSummary, StackEvent } from '../../../lib/foundation/events/events.ts';
import { State } from '../../../lib/issuance/renewal/rules/state.ts';
import { HOUR, MINUTE } from '../engine/durations.ts';
import type { World } from '../world/world.ts';
import { type Failing, failingIn, isToldAlready } from './failing-facts.ts';
import { GroupTroubles } from './group-troubles.ts';

/** What passes by itself is told if it still is there so long after. */
const BRIEF = 30 * MINUTE;

/** Since when troubles are there, and whether they are over. */
export class TroubleEnds {
  readonly #world: World;
  readonly #groups = new GroupTroubles();
  /** Those that began last, of a few hours. */
  #checks: { at: number; summary: CheckSummary }[] = [];
  /** When an event last said that all is well, by trouble. */
  readonly #well = new Map<string, number>();
  readonly #unreadable = new Map<string, number>();
  /** By trouble: why, as the last event says. */
  readonly #reasons = new Map<string, { reason: string; at: number }>();

  constructor(world: World) {
    this.#world = world;
  }

  /** `skewMs` is how far the clock of who says it is off. */
  take(fact: StackEvent, skewMs = 0): void {
    const { now } = this.#world.scheduler;
    this.#groups.take(fact, now);
    for (const { key, reason } of failingIn(fact, this.#world)) this.#reasons.set(key, { reason, at: now });
    if (fact.type === 'Certificate Imported')
      this.#well.set(`import ${fact.detail.name} in ${fact.detail.region}`, now);
    if (fact.type === 'Certificate Renewed') this.#well.set(`renewal ${fact.detail.name}`, now);
    if (fact.type === 'Site Probed' && fact.detail.findings.length === 0)
      this.#well.set(`site ${fact.detail.name}`, now);
    if (fact.type !== 'Certificates Checked') return;
    const summary = fact.detail;
    const at = Date.parse(summary.at) - skewMs;
    // Of two at once the one that began first says less.
    if (at < (this.#checks.at(-1)?.at ?? 0)) return;
    this.#checks = [...this.#checks.filter((one) => one.at > at - 3 * HOUR), { at, summary }];
    const unreadable = summary.unwell?.items.filter(({ health }) => health === 'unreadable') ?? [];
    const names = new Set(unreadable.map(({ name }) => name));
    for (const name of this.#unreadable.keys()) if (!names.has(name)) this.#unreadable.delete(name);
    for (const name of names) if (!this.#unreadable.has(name)) this.#unreadable.set(name, now);
  }

  isDue({ key, isBrief = false }: Failing): boolean {
    const [kind, subject] = parted(key);
    // A failing renewal is reported as such.
    if (kind === 'overdue') return !this.#fails(subject);
    const since = kind === 'deployment' ? this.#groups.since(subject) : this.#unreadable.get(subject);
    return !isBrief || (since !== undefined && since <= this.#world.scheduler.now - BRIEF);
  }

  /** Whether it goes on since for another reason, which is told as such. */
  failsOtherwise({ key, reason }: Failing, from: number): boolean {
    const last = this.#reasons.get(key);
    return last !== undefined && last.at > from && last.reason !== reason;
  }

  /** Whether it is over, or nobody wants it any more. */
  isOver({ key, reason }: Failing, { fact, from }: { fact: StackEvent; from: number }): boolean {
    const { bucket, files } = this.#world;
    const [kind, subject] = parted(key);
    const begun = fact.type === 'Certificates Checked' ? Date.parse(fact.detail.at) : from;
    const isLeftOut = (namesIn: (check: CheckSummary) => readonly string[] | undefined) =>
      this.#checks.some(
        ({ at, summary }) =>
          at > begun && !couldNotSee(summary, { key, reason }) && !namesIn(summary)?.includes(subject),
      );
    if (kind === 'renewal')
      return (
        this.#isRenewalOver(subject, fact) ||
        (this.#well.get(key) ?? 0) >= from ||
        (!isForced(fact) && isLeftOut(({ failing }) => failing.items))
      );
    if (kind === 'overdue')
      return !files.has(subject) || isLeftOut(({ overdue }) => overdue.items) || this.#fails(subject);
    if (kind === 'health')
      return isLeftOut(({ unwell }) =>
        unwell?.items.flatMap(({ name, health }) => (health === reason ? name : [])),
      );
    if (kind === 'file')
      return isLeftOut(({ rejected }) => rejected.items.map(({ name }) => name)) || this.#isFileGone(subject);
    if (kind === 'deployment') return this.#isDeploymentOver(subject);
    if (kind === 'import') return this.#isImportOver(subject) || (this.#well.get(key) ?? 0) >= from;
    if (kind === 'site') return files.get(subject)?.probe !== true || (this.#well.get(key) ?? 0) >= from;
    if (kind === 'pin') return !files.has(subject) || !bucket.get(`${PINS_PREFIX}${subject}.json`);
    return false;
  }

  #fails(name: string): boolean {
    const state = orNone(this.#world.bucket.get(`${STATE_PREFIX}${name}.json`)?.body, State);
    const all = state ? [state, ...Object.values(state.repairs ?? {})] : [];
    return all.some(({ failures }) => failures > 0);
  }

  #isRenewalOver(name: string, fact: StackEvent): boolean {
    if (!this.#fails(name)) return true;
    if (fact.type === 'Certificate Renewal Failed' && !isToldAlready(fact.detail, this.#world)) return true;
    // Of a certificate that nobody wants only a clean-up that fails is told.
    return !this.#world.files.has(name) && !this.#checks.at(-1)?.summary.failing.items.includes(name);
  }

  #isFileGone(name: string): boolean {
    const { bucket } = this.#world;
    return ![name, `${RENEWAL_PREFIX}${name}`, `${RENEWAL_PREFIX}${name}.json`].some((key) =>
      bucket.get(key),
    );
  }

  #isDeploymentOver(group: string): boolean {
    if (this.#groups.since(group) === undefined) return true;
    const names = this.#groups.names(group);
    const wants = (name: string) =>
      (this.#world.files.get(name)?.hosts as string[] | undefined)?.includes(group);
    return names.length > 0 && !names.some(wants);
  }

  #isImportOver(subject: string): boolean {
    const [name = '', region] = subject.split(' in ');
    const record = orNone(this.#world.bucket.get(`${ACM_PREFIX}${name}.json`)?.body, AcmRecord);
    const wanted = (this.#world.files.get(name)?.acm as { region: string }[] | undefined) ?? [];
    const entry = record?.imports.find((one) => one.region === region);
    return entry?.outcome === 'imported' || !wanted.some((one) => one.region === region);
  }
}

/** Whether a check could not read what would show the trouble: that it does not name it says nothing. */
function couldNotSee({ unseen }: CheckSummary, { key, reason }: Failing): boolean {
  if (!unseen) return false;
  const [kind, subject] = parted(key);
  if (kind === 'file') return unseen.strays && reason === 'stray-object';
  return (unseen.hosts && reason === 'revoked') || unseen.names.includes(subject);
}

/** Whoever forced it hears of it: no check tries it again. */
const isForced = (fact: StackEvent) =>
  fact.type === 'Certificate Renewal Failed' && fact.detail.forced === true;

function parted(key: string): [kind: string, subject: string] {
  const end = key.indexOf(' ');
  return [key.slice(0, end), key.slice(end + 1)];
}
