import { inOneLine } from '../../lib/foundation/common/perennial-error.ts';
import { readHealthFacts, type StatusReads } from '../../lib/reporting/status/read-status.ts';
import { isWell } from '../../lib/scan/rules/health.ts';
import { judgeHealth } from '../../lib/scan/rules/judge-health.ts';
import { type FollowDeps, type Followed, followDeployment } from '../follow/follow.ts';
import type { Before } from '../follow/settled.ts';
import { followAll } from '../follow/show.ts';
import { READS_AT_ONCE } from '../stack/open-bucket.ts';

/** A certificate that was imported, and the version that its hosts are to have. */
export interface Imported {
  name: string;
  version: string;
}

interface FollowImports {
  groups: readonly string[];
  before: ReadonlyMap<string, Before>;
  deadline: number;
  silent: boolean;
}

/** Follows what was imported to its hosts; the scan that its renewal file starts has them told. */
export function followImports(
  deps: FollowDeps,
  imported: readonly Imported[],
  { groups, before, deadline, silent }: FollowImports,
): Promise<Followed[]> {
  const versions = new Map(imported.map(({ name, version }) => [name, version]));
  const nothing = { failedAt: undefined, reportedAt: new Map<string, string>() };
  const follow = (name: string, watch: Parameters<Parameters<typeof followAll>[1]>[1]) => {
    const first = { ...(before.get(name) ?? nothing), version: versions.get(name) };
    return followDeployment(deps, { name, groups }, { before: first, deadline, ...watch });
  };
  return followAll([...versions.keys()], follow, { silent });
}

/** What is wrong with certificates that were there already, one line each, by the judgement of status. */
export async function unwellOf(reads: StatusReads, names: readonly string[], now: Date): Promise<string[]> {
  if (names.length === 0) return [];
  const facts = await readHealthFacts(reads, { now, readsAtOnce: READS_AT_ONCE, only: new Set(names) });
  return facts.flatMap((one) => {
    const judged = judgeHealth(one);
    return isWell(judged) ? [] : [`${one.name} is ${judged.health}: ${inOneLine(judged)}`];
  });
}
