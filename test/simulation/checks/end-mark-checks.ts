import { AcmRecord } from '../../../lib/delivery/acm/rules/decide-imports.ts';
import { ACM_PREFIX, STATE_PREFIX } from '../../../lib/foundation/certificate/object-keys.ts';
import { orNone } from '../../../lib/foundation/common/parse-json.ts';
import { State } from '../../../lib/issuance/renewal/rules/state.ts';
import { DAY } from '../engine/durations.ts';
import type { World } from '../world/world.ts';

/** A repair that only a sweep tries again. */
const SWEPT = 'outlived';

/** After the calm end: no failure, wait, claim of a region or dead letter is left standing. */
export function checkMarks(
  { bucket, files, queues, scheduler }: Pick<World, 'bucket' | 'files' | 'queues' | 'scheduler'>,
  isLimited: (name: string) => boolean,
  report: (check: string, what: string) => void,
): void {
  const named = (prefix: string) =>
    bucket.keys(prefix).map((key) => ({
      name: key.slice(prefix.length, -'.json'.length),
      body: bucket.get(key)?.body,
    }));
  for (const { name, body } of named(STATE_PREFIX)) {
    const { failures = 0, lastFailure, repairs = {}, held } = orNone(body, State) ?? {};
    const isLate = (repair: string, at = '') =>
      repair !== SWEPT || !(Date.parse(at) > scheduler.now - 8 * DAY);
    for (const [repair, failed] of Object.entries(repairs))
      if (isLate(repair, failed.lastFailure?.at))
        report('no failed repair remembered', `${name}: ${repair} ${failed.failures} times`);
    // What is kept of others goes when they are outlived.
    if (isLimited(name) || !files.has(name)) continue;
    if (failures > 0) report('no failure remembered', `${name}: ${failures} times, ${lastFailure?.reason}`);
    if (held) report('nothing held', `${name}: ${held.action} ${held.reason}, until ${held.until}`);
  }
  for (const { name, body } of named(ACM_PREFIX))
    for (const { region, outcome, at } of orNone(body, AcmRecord)?.imports ?? [])
      if (outcome === 'importing') report('no region claimed', `${name} in ${region} since ${at}`);
  for (const { settings, dead } of Object.values(queues))
    if (dead.length > 0)
      report(
        'no dead letter',
        `${settings.name}: ${dead.length}, ${JSON.stringify(dead[0]?.body).slice(0, 200)}`,
      );
}
