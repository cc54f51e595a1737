import { DAY } from '../../../foundation/common/durations.ts';
import type { CheckSummary } from '../../../foundation/events/events.ts';
import { ariseDeployment, ariseGroup, heal, healChecked } from './deployment-trouble.ts';
import { isGone, isPerhapsUnseen } from './is-gone.ts';
import type { SeenEvent } from './seen-event.ts';
import { arise, end, forget, importOf, isNobodyThere, keyOf, type Memory, type Trouble } from './trouble.ts';

/** What of a health no event and no other list tells. */
const TOLD = ['revoked', 'unreadable', 'not-served', 'hosts-unknown'];

/** What happened once: it ends by itself a day after it, and after its last mail, and nobody has to hear that it is over. */
const PASSING: readonly Trouble['kind'][] = ['object', 'window', 'pin-end'];

/** What is wrong after these events, taken in the order of their times; a repeated event changes nothing of note. */
export function takeIn(memory: Memory, events: readonly SeenEvent[], now: Date): Memory {
  const isRecent = (at: string) => Date.parse(at) + DAY > now.getTime();
  const well = Object.entries(memory.well ?? {}).filter(([, at]) => isRecent(at));
  const after: Memory = {
    ...memory,
    troubles: { ...memory.troubles },
    over: [...memory.over],
    well: Object.fromEntries(well),
  };
  const sorted = [...events].sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
  for (const event of sorted) takeInOne(after, event);
  forget(
    after,
    ({ kind, at, told }) => PASSING.includes(kind) && ![at, ...Object.values(told)].some(isRecent),
  );
  return after;
}

function takeInOne(memory: Memory, { time: at, region = 'this region', ...event }: SeenEvent): void {
  // An event that comes late ends nothing that arose after it.
  const endEarlier = (isOver: (trouble: Trouble) => boolean) =>
    end(memory, (trouble) => Date.parse(trouble.at) <= Date.parse(at) && isOver(trouble));
  const endAbout = (kind: Trouble['kind'], subject: string) => {
    const key = keyOf({ kind, subject });
    endEarlier((trouble) => keyOf(trouble) === key);
    const known = memory.well?.[key] ?? '';
    memory.well = { ...memory.well, [key]: known > at ? known : at };
  };
  switch (event['detail-type']) {
    case 'Certificate Renewed':
      endAbout('renewal', event.detail.name);
      return;
    case 'Certificate Renewal Failed': {
      const { name: subject, failures: times, ...failure } = event.detail;
      arise(memory, { kind: 'renewal', subject, ...failure, at, times });
      return;
    }
    case 'Certificate Revoked': {
      const { name: subject, version, reason, isLive } = event.detail;
      const message = `version ${version} is revoked (${reason}), and hosts may serve it until they have a new one`;
      if (isLive) arise(memory, { kind: 'health', subject, reason: 'revoked', message, at });
      return;
    }
    case 'Renewal File Rejected': {
      const { name: subject, ...failure } = event.detail;
      arise(memory, { kind: 'file', subject, ...failure, at });
      return;
    }
    case 'Certificate Deployed':
      endEarlier((trouble) => trouble.subject === event.detail.group && isNobodyThere(trouble));
      heal(memory, event.detail);
      return;
    case 'Certificate Deployment Failed':
      ariseDeployment(memory, event.detail, at);
      return;
    case 'Deployment Window Overridden': {
      const { group: subject, ...told } = event.detail;
      arise(memory, { kind: 'window', subject, ...told, at });
      return;
    }
    case 'Certificate Restored': {
      const { name: subject, version, from, pinned } = event.detail;
      const message = `version ${from} is live again, as ${version}, and stays so until somebody releases it`;
      if (pinned) arise(memory, { kind: 'pin', subject, reason: 'pinned', message, at });
      return;
    }
    case 'Certificate Pin Ended': {
      const { name: subject, reason, message } = event.detail;
      arise(memory, { kind: 'pin-end', subject, reason, message, at });
      return;
    }
    case 'Certificate Imported':
      endAbout('import', importOf(event.detail));
      return;
    case 'Certificate Import Failed': {
      const { name, region, ...failure } = event.detail;
      arise(memory, { kind: 'import', subject: importOf({ name, region }), ...failure, at });
      return;
    }
    case 'Site Probed': {
      const { name: subject, findings } = event.detail;
      const message = findings.map(({ site, seen, remedy }) => `${site}: ${seen}; ${remedy}`).join(' | ');
      const checks = [...new Set(findings.map(({ check }) => check))].sort();
      if (findings.length === 0) endAbout('site', subject);
      else if (findings.some(({ status }) => status !== 'warning'))
        arise(memory, { kind: 'site', subject, reason: 'site-trouble', message, at });
      else arise(memory, { kind: 'site', subject, reason: 'site-warning', message, at, checks });
      return;
    }
    case 'Object Set Aside': {
      const { key: subject, aside, reason, message: what } = event.detail;
      const message = `${what === undefined ? '' : `${what}; `}it is kept as ${aside}`;
      arise(memory, { kind: 'object', subject, reason, message, at });
      return;
    }
    case 'Certificates Checked':
      takeInCheck(memory, event.detail, region);
      return;
    case 'CloudWatch Alarm State Change':
      // CloudWatch remembers its alarms itself.
      return;
  }
}

/**
 * A check ends the troubles that it does not name, except those that arose meanwhile or that it could not see. One that comes
 * after a newer one, such as a dead letter that was put back, says nothing of today.
 */
function takeInCheck(memory: Memory, checked: CheckSummary, region: string): void {
  const { at, start, overdue, rejected, unwell, groupsAway } = checked;
  // A check that began a moment later has often ended before it.
  if (start === 'weekly-sweep' && !(Date.parse(memory.lastSweep ?? '') > Date.parse(at)))
    memory.lastSweep = at;
  if (Date.parse(memory.lastCheck ?? '') > Date.parse(at)) return;
  memory.lastCheck = at;
  for (const { name: subject, reason, message } of rejected.items)
    arise(memory, { kind: 'file', subject, reason, message, at });
  const message = 'it is past its time, and no renewal has come through';
  // A failing renewal is reported as such.
  for (const subject of overdue.items)
    if (!memory.troubles[keyOf({ kind: 'renewal', subject })])
      arise(memory, { kind: 'overdue', subject, reason: 'overdue', message, at });
  for (const { name: subject, health: reason, trouble: message } of unwell?.items ?? [])
    if (TOLD.includes(reason)) arise(memory, { kind: 'health', subject, reason, message, at });
  for (const { name: subject, message } of checked.pinned?.items ?? [])
    arise(memory, { kind: 'pin', subject, reason: 'pinned', message, at });
  for (const { group, reason, hosts } of groupsAway ?? [])
    ariseGroup(memory, { group, reason, hosts }, { at, region });
  healChecked(memory, checked);
  const began = Date.parse(at);
  for (const [key, trouble] of Object.entries(memory.troubles))
    if (isPerhapsUnseen(trouble, checked)) memory.troubles[key] = { ...trouble, doubted: true };
  end(memory, (trouble) => Date.parse(trouble.at) < began && isGone(trouble, checked));
  memory.lastSweep ??= at;
}
