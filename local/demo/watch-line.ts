import type { Plan } from '../../lib/scan/rules/plan.ts';
import type { LocalCloud } from '../cloud.ts';
import { tellLog } from '../tell-log.ts';

export type Decision = Plan['certificates'][number];

export interface WatchedLine {
  /** What `scan` decided for each certificate. */
  decisions: Map<string, Decision>;
  /** Takes each step of the line as it happens, in one short line. */
  say: (line: string) => void;
}

/** Watches the line. Putting a file starts a scan as the weekly sweep does, so of several decisions the one to do something counts. */
export function watchLine(cloud: LocalCloud): WatchedLine {
  const watched: WatchedLine = { decisions: new Map(), say: () => {} };
  const { decisions } = watched;
  cloud.onFunctionLog((name, line) => {
    const told = tellLog(line);
    if (told) watched.say(`${name.split('-').at(-1)}: ${told}`);
    const decision = decisionIn(line);
    if (decision && decisions.get(decision.name)?.action !== 'renew') decisions.set(decision.name, decision);
  });
  return watched;
}

/** What a line of the log says that `scan` decided. */
function decisionIn(line: string): Decision | undefined {
  if (!line.includes('"certificate decided"')) return undefined;
  return (JSON.parse(line) as { certificate: Decision }).certificate;
}
