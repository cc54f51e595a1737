import type { HostGroup } from '../../foundation/certificate/host-group.ts';
import { inShort } from '../../foundation/common/in-short.ts';
import { minuteOf } from '../../foundation/common/minute-of.ts';
import type { DeploymentDue } from '../../foundation/events/events.ts';
import { readLives } from './read-lives.ts';
import type { RecordDeps } from './record-invocation.ts';
import { deliveryTo, OVERRIDES, type Override } from './rules/decide-delivery.ts';
import { type HostRecord, runOf } from './rules/host-record.ts';
import { openingOf } from './rules/opening.ts';

interface HeldBack {
  /** Hosts that are sent all of it now. */
  free: string[];
  waiting: string[];
  /** Why others wait, and until when. */
  held?: { reason: 'outside-window' | 'frozen'; until: Date };
}

/** Named in the event, which takes 256 KB. */
const MOST_HOSTS = 200;
const SHOWN = 5;

/**
 * The hosts that are not to be touched now are held back: a message may have waited until after the window. Where one of several
 * certificates has to wait, its host waits with all of them; the next scan sends it what may go. Says, before anything is
 * sent, which hosts get it outside of the window.
 */
export async function holdBack(
  deps: RecordDeps,
  { group, due }: { group: HostGroup; due: DeploymentDue },
  { online, records }: { online: readonly string[]; records: ReadonlyMap<string, HostRecord> },
): Promise<HeldBack> {
  const { store, events, clock } = deps;
  const now = clock();
  const opening = openingOf(group, now);
  if (opening.isOpen || due.ignoreWindow) return { free: [...online], waiting: [] };
  const hosts = new Map([[group.name, online]]);
  const wanted = due.names.map((name) => ({ name, groups: [group.name] }));
  const lives = await readLives(store, wanted, { groups: [group], hosts, records, now });
  const decided = online.map((id) => {
    const record = records.get(id);
    const decisions = due.names.map((name) => {
      // Whoever says so has seen it in the record of what is revoked.
      const version = runOf(record, name)?.version;
      const revoked = due.reason === 'revoked' && version !== undefined ? [version] : [];
      return { name, ...deliveryTo(record, name, { times: group, lives, revoked, now }) };
    });
    return { id, decisions, waits: decisions.some(({ action }) => action === 'wait') };
  });
  const free = decided.filter(({ waits }) => !waits);
  const overridden = free.flatMap(({ id, decisions }) =>
    decisions.flatMap((one) =>
      one.action === 'send' && one.override ? { id, name: one.name, override: one.override } : [],
    ),
  );
  if (overridden.length > 0) {
    const reason =
      OVERRIDES.find((each) => overridden.some(({ override }) => override === each)) ?? 'revoked';
    const ids = [...new Set(overridden.map(({ id }) => id))];
    const names = [...new Set(overridden.map(({ name }) => name))];
    const when = `the hosts of group ${group.name} are to be touched again from ${minuteOf(opening.until.toISOString())} on`;
    const message = `${when}; ${inShort(names, SHOWN)} went to ${inShort(ids, SHOWN)} before, because ${WORDS[reason]}`;
    const detail = {
      group: group.name,
      names,
      hosts: ids.slice(0, MOST_HOSTS),
      reason: 'window-overridden' as const,
      message,
    };
    await events.publish([{ type: 'Deployment Window Overridden', detail }]);
  }
  return {
    free: free.map(({ id }) => id),
    waiting: decided.filter(({ waits }) => waits).map(({ id }) => id),
    held: opening,
  };
}

const WORDS: Record<Override, string> = {
  revoked: 'what it replaces there is revoked',
  'life-nearly-over': 'the last sixth of the life of what it replaces there has begun',
  'life-unknown': 'nobody knows when what it replaces there expires',
};
