import {
  INDEX_KEY,
  NOTICES_KEY,
  RENEWAL_PREFIX,
  STATE_PREFIX,
} from '../../../lib/foundation/certificate/object-keys.ts';
import { orNone } from '../../../lib/foundation/common/parse-json.ts';
import { isOfKind } from '../../../lib/foundation/reasons/reasons.ts';
import { State } from '../../../lib/issuance/renewal/rules/state.ts';
import type { Plan } from '../../../lib/scan/rules/plan.ts';
import { HOUR, MINUTE, WEEK } from '../engine/durations.ts';
import type { Change } from '../services/bucket.ts';
import { nextInstant } from './next-instant.ts';
import type { World } from './world.ts';

const HALF_HOUR = HOUR / 2;
/** How long after this stack's schedule another one's comes. */
const OFFSET = [1_000, 50 * MINUTE] as const;
export const OTHER_STACK = 'a check of another stack on the bucket';
export const WAITS_FOR_WINDOW = 'a deployment that waits for a window';

/** The schedules of serverless.yml, and S3's events of renewal files. */
export class Clockwork {
  readonly #world: World;
  /** Counts what may change a check's mind. */
  #changes = 0;
  #lastCheck: { at: number; changes: number; wasClean: boolean; isLimited: boolean } | undefined;
  #next = 0;
  checks = 0;
  skipped = 0;
  /** Whether another stack with the same settings works on the bucket, by mistake. */
  hasOther = false;

  constructor(world: World) {
    this.#world = world;
    world.bucket.onChange.push((change) => {
      const { key, before, after, by } = change;
      if (key === INDEX_KEY || key === NOTICES_KEY || key.startsWith('status/')) return;
      if (before?.etag === after?.etag || isOwnSuggestion(change)) return;
      this.#changes += 1;
      if (key.startsWith(RENEWAL_PREFIX) && after && by !== 'scan') this.#fileChanged(key);
    });
    // What is due and came to nothing, or got lost, is due again.
    world.bus.onFact.push(({ type }) => {
      if (type.endsWith(' Due')) this.changed();
    });
  }

  /** What is in no bucket has changed: the DNS, the fleet, the stack, a service that is back. */
  changed(): void {
    this.#changes += 1;
  }

  begin(): void {
    const { scheduler } = this.#world;
    const hour = Math.ceil(scheduler.now / HOUR) * HOUR;
    scheduler.at(hour, 'hourly schedule', () => {
      scheduler.every(HOUR, 'hourly schedule', () => this.#hour());
    });
    // cron(0 2 ? * SUN *); 1 January 1970 was a Thursday.
    const sunday = 3 * 24 * HOUR + 2 * HOUR;
    const first = Math.ceil((scheduler.now - sunday) / WEEK) * WEEK + sunday;
    scheduler.at(first, 'weekly schedule', () => this.#week());
  }

  #week(): void {
    const { scheduler } = this.#world;
    this.#invoke('weekly-sweep');
    scheduler.after(HALF_HOUR, 'status page', () => this.#world.invoke('status', { page: true }));
    scheduler.after(WEEK, 'weekly schedule', () => this.#week());
  }

  #hour(): void {
    if (this.#isNeeded()) this.#check();
    else this.skipped += 1;
  }

  /** A check that would read the same at an instant that says the same would decide and tell the same. */
  #isNeeded(): boolean {
    const { scheduler, isQuiet, outages } = this.#world;
    const last = this.#lastCheck;
    if (!last?.wasClean || !isQuiet || last.changes !== this.#changes || outages.anyDown) return true;
    if (this.#next <= last.at) this.#next = nextInstant(this.#world, last.at, last);
    return this.#next <= scheduler.now;
  }

  #check(): void {
    const { scheduler } = this.#world;
    this.checks += 1;
    const check = { at: scheduler.now, changes: this.#changes, wasClean: false, isLimited: true };
    this.#lastCheck = check;
    this.#next = 0;
    this.#invoke('hourly-check', (plan) => {
      // What waits for a window does so until instants that stand in no object of the bucket.
      check.wasClean = plan.waiting.length === 0;
      if (!check.wasClean) this.#world.trace.met(WAITS_FOR_WINDOW);
      check.isLimited = plan.certificates.some(({ reason }) => isOfKind(reason, 'limited'));
    });
  }

  #invoke(start: string, endedWell: (plan: Plan) => void = () => {}): void {
    const { faults, trace, scheduler, streams } = this.#world;
    if (this.hasOther) {
      trace.met(OTHER_STACK);
      scheduler.after(streams.of('other-stack').spread(...OFFSET), OTHER_STACK, () =>
        this.#world.invoke('scan', { start }, { retries: 2 }),
      );
    }
    if (faults.happens('schedule.misses')) {
      trace.note(`fault schedule.misses ${start}`);
      return;
    }
    this.#world.invoke(
      'scan',
      { start },
      {
        retries: 2,
        ended: (ending, { hits }) => {
          if (ending.how === 'ended' && hits.every((site) => this.#isSettled(site)))
            endedWell(ending.answer as Plan);
        },
      },
    );
  }

  /** An answer that came late was read as any other, and a CA that is closed gives the next check none either. */
  #isSettled(site: string): boolean {
    return site.endsWith('.late') || (site === 'ca.down' && !this.#world.outages.anyDown);
  }

  /** S3 tells each stack that listens, through its queue of files. */
  #fileChanged(key: string): void {
    const { bus, scheduler, streams } = this.#world;
    const event = { 'detail-type': 'Object Created', detail: { object: { key } } };
    scheduler.after(streams.of('s3-events').spread(300, 20_000), `s3 event ${key}`, () =>
      bus.deliver('files', event),
    );
    // The other stack's queue is not modelled: its function gets what there is at once.
    if (this.hasOther)
      scheduler.after(streams.of('s3-events').spread(300, 80_000), `s3 event ${key}`, () =>
        this.#world.invoke('scan', [event]),
      );
  }
}

/** What the CA suggests: the check that wrote it down has decided with it. */
function isOwnSuggestion({ key, before, after, by }: Change): boolean {
  if (by !== 'scan' || !key.startsWith(STATE_PREFIX) || !after) return false;
  const left = orNone(before?.body, State) ?? { failures: 0 };
  const made = orNone(after.body, State);
  return JSON.stringify({ ...left, suggested: 0 }) === JSON.stringify({ ...made, suggested: 0 });
}
