import { decideImports } from '../../delivery/acm/rules/decide-imports.ts';
import { type HealthFacts, type Judgement, liveOf } from './health.ts';

/** Whether ACM has the live version in every region that the file names. */
export function judgeImports(facts: HealthFacts): Judgement | undefined {
  const { file, acm: record } = facts;
  const live = liveOf(facts);
  const wanted = file && 'names' in file ? (file.acm ?? []) : [];
  const { due } = live ? decideImports({ wanted, record, version: live.version }) : { due: [] };
  if (due.length === 0) return undefined;
  const said = due.map((region) => {
    const last = record?.imports.find((one) => one.region === region);
    return last?.reason === undefined ? region : `${region} (${last.reason}: ${last.message ?? ''})`;
  });
  const remedy = 'the next hourly check imports it again';
  return { health: 'not-imported', seen: `ACM lacks the live version in ${said.join(', ')}`, remedy };
}
