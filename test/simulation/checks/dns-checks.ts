import * as z from 'zod/mini';
import { isAtOrBelow } from '../../../lib/foundation/certificate/domain-name.ts';
import { PENDING_PREFIX } from '../../../lib/foundation/certificate/object-keys.ts';
import { orNone } from '../../../lib/foundation/common/parse-json.ts';
import { ClaimRecord } from '../../../lib/issuance/renewal/rules/claim-record.ts';
import type { World } from '../world/world.ts';
import type { Breaches } from './broken.ts';

/** Invariant 3: what we write is recorded before, nothing of it is forgotten, and nothing of anybody else's is touched. */
export function checkDns(world: World, breaches: Breaches): void {
  const pending = () => world.bucket.keys(PENDING_PREFIX).map((key) => world.bucket.get(key)?.body ?? '');
  const isRecorded = (value: string) => {
    const quoted = JSON.stringify(value);
    return pending().some((body) => body.includes(quoted));
  };
  world.route53.onChange.push(({ zone, changes }) => {
    for (const { set } of changes) {
      if (set.type !== 'TXT') continue;
      for (const value of world.foreign.get(`${zone.id} ${set.name}`) ?? [])
        if (!zone.sets.get(`TXT ${set.name}`)?.values.includes(value))
          breaches.report('foreign-value-touched', `${zone.id} ${set.name} ${value}`);
    }
    for (const { action, set } of changes) {
      if (action !== 'CREATE' || set.type !== 'TXT') continue;
      const carriedOver = changes.flatMap((one) =>
        one.action === 'DELETE' && one.set.name === set.name ? one.set.values : [],
      );
      for (const value of set.values.filter((one) => !carriedOver.includes(one)))
        if (!isRecorded(value)) breaches.report('txt-not-recorded', `${set.name} ${value}`);
    }
  });
  world.bucket.onChange.push(({ key, before, after, by }) => {
    if (by !== 'somebody' && key.startsWith(`aside/${PENDING_PREFIX}`)) excuseOutOfReach(world, after?.body);
    if (!key.startsWith(PENDING_PREFIX) || !before) return;
    // What somebody spoilt may hold them still, and cannot be read.
    const isSpoilt = by === 'somebody' && orNone(after?.body, ClaimRecord) === undefined;
    const kept = isSpoilt ? [] : valuesIn(after?.body ?? '');
    const lost = valuesIn(before.body).filter((value) => !kept.includes(value) && stands(world, value));
    for (const value of lost) {
      if (by === 'somebody') world.excusedTxt.add(value);
      else if (!world.excusedTxt.has(value) && !isRecorded(value))
        breaches.report('txt-forgotten', `${key} ${value}`);
    }
  });
}

/** What people are told to remove by hand, because its domain is in the settings no more. */
function excuseOutOfReach({ settings, excusedTxt }: World, body = ''): void {
  const isInReach = (name: string) => settings.domains.some((domain) => isAtOrBelow(name, domain));
  for (const { name, values } of orNone(body, Left)?.records ?? [])
    if (!isInReach(name)) for (const value of values) excusedTxt.add(value);
}

const Left = z.object({ records: z.array(z.object({ name: z.string(), values: z.array(z.string()) })) });

/** TXT values of proofs in a claim, as they stand in a zone: 43 characters of base64url in quotes. */
export function valuesIn(body: string): string[] {
  return [...body.matchAll(/\\"[\w-]{43}\\"/g)].map(([quoted]) => `"${quoted.slice(2, -2)}"`);
}

export function stands(world: World, value: string): boolean {
  for (const zone of world.route53.zones.values())
    for (const set of zone.sets.values()) if (set.type === 'TXT' && set.values.includes(value)) return true;
  return false;
}
