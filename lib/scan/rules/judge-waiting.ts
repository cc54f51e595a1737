import { inShort } from '../../foundation/common/in-short.ts';
import { minuteOf } from '../../foundation/common/minute-of.ts';
import { type HealthFacts, type Judgement, liveOf } from './health.ts';
import { hostsOf, isOnlyWaiting } from './judge-hosts.ts';

const HOSTS_NAMED = 5;

/** Whether hosts lack it only until they may be touched again. */
export function judgeWaiting(facts: HealthFacts): Judgement | undefined {
  if (!liveOf(facts)) return undefined;
  const hosts = hostsOf(facts).filter(isOnlyWaiting);
  if (hosts.length === 0) return undefined;
  const named = hosts.map(
    ({ instanceId, group, waitsUntil }) => `${instanceId} of ${group} until ${minuteOf(waitsUntil)}`,
  );
  const seen = `waits for the window of its hosts: ${inShort(named, HOSTS_NAMED)}`;
  return {
    health: 'waits-for-window',
    seen,
    remedy: 'nothing: it is sent then; "deploy --ignore-window" sends it now',
  };
}
