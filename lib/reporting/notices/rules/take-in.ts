import { DAY } from '../../../foundation/common/durations.ts';
import { isOfKind } from '../../../foundation/reasons/reasons.ts';
import type { SeenEvent } from './seen-event.ts';
import { takeInCheck } from './take-in-check.ts';
import { arise, end, forget, isNobodyThere, keyOf, type Memory } from './trouble.ts';

const MOST_NAMED = 200;

/** What is wrong after these facts, taken in the order of their times; a fact that comes twice changes nothing of note. */
export function takeIn(memory: Memory, facts: readonly SeenEvent[], now: Date): Memory {
  const after: Memory = { ...memory, troubles: { ...memory.troubles }, over: [...memory.over] };
  const sorted = [...facts].sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
  for (const fact of sorted) takeInOne(after, fact);
  forget(after, (trouble) => {
    const passes = trouble.kind === 'object' || isNobodyThere(trouble);
    return passes && Date.parse(trouble.at) + DAY <= now.getTime();
  });
  return after;
}

function takeInOne(memory: Memory, { time: at, ...fact }: SeenEvent): void {
  switch (fact['detail-type']) {
    case 'Certificate Renewed':
      end(memory, ({ kind, subject }) => kind === 'renewal' && subject === fact.detail.name);
      return;
    case 'Certificate Renewal Failed': {
      const { name: subject, reason, message, failures: times, notBefore } = fact.detail;
      arise(memory, { kind: 'renewal', subject, reason, message, at, times, notBefore });
      return;
    }
    case 'Certificate Deployed':
      end(memory, (trouble) => trouble.subject === fact.detail.group && isNobodyThere(trouble));
      return;
    case 'Certificate Deployment Failed':
      ariseDeployment(memory, fact.detail, at);
      return;
    case 'Certificate Imported':
      end(
        memory,
        ({ kind, subject }) =>
          kind === 'import' && subject === `${fact.detail.name} in ${fact.detail.region}`,
      );
      return;
    case 'Certificate Import Failed': {
      const { name, region, reason, message } = fact.detail;
      arise(memory, { kind: 'import', subject: `${name} in ${region}`, reason, message, at });
      return;
    }
    case 'Site Probed': {
      const { name: subject, findings } = fact.detail;
      const [first] = findings;
      if (!first) {
        end(memory, (one) => one.kind === 'site' && one.subject === subject);
        return;
      }
      const message = findings.map(({ site, seen, remedy }) => `${site}: ${seen}; ${remedy}`).join(' | ');
      arise(memory, { kind: 'site', subject, reason: 'site-trouble', message, at });
      return;
    }
    case 'Object Set Aside': {
      const { key: subject, aside, reason } = fact.detail;
      arise(memory, { kind: 'object', subject, reason, message: `it is kept as ${aside}`, at });
      return;
    }
    case 'Certificates Checked':
      takeInCheck(memory, fact.detail);
      return;
  }
}

function ariseDeployment(
  memory: Memory,
  {
    group,
    name,
    reason,
    message,
    hosts,
  }: Extract<SeenEvent, { 'detail-type': 'Certificate Deployment Failed' }>['detail'],
  at: string,
): void {
  const before = memory.troubles[keyOf({ kind: 'deployment', subject: group })];
  const known = before && isOfKind(reason, 'consequence') ? before : { reason, message };
  const failed = hosts.filter(({ outcome }) => outcome !== 'not-sent').map(({ instanceId }) => instanceId);
  arise(memory, {
    kind: 'deployment',
    subject: group,
    reason: known.reason,
    message: known.message,
    at,
    names: merge(before?.names, [name]),
    hosts: merge(before?.hosts, failed),
  });
}

function merge(before: readonly string[] = [], more: readonly string[]): string[] {
  return [...new Set([...before, ...more])].slice(0, MOST_NAMED);
}
