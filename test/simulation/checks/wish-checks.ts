import { createPrivateKey } from 'node:crypto';
import { sha256 } from '../../../lib/foundation/certificate/leaf.ts';
import { archiveKey } from '../../../lib/foundation/certificate/object-keys.ts';
import { casOf } from '../../../lib/issuance/ca/rules/ca-list.ts';
import { pointerOf } from '../world/stored.ts';
import type { File } from '../world/wanted.ts';
import type { World } from '../world/world.ts';
import type { Breaches } from './broken.ts';
import type { Opportunities } from './opportunities.ts';

/** After the calm end: each live version has the key, the profile and the CA that its file asks for, and ACM has it. */
export function checkWishes({
  world,
  breaches,
  opportunities,
}: {
  world: World;
  breaches: Breaches;
  opportunities: Opportunities;
}): void {
  for (const [name, file] of world.files) {
    const pointer = pointerOf(world, name);
    if (!pointer) continue;
    const { version } = pointer;
    const report = (what: string, has: unknown, wants: unknown) =>
      breaches.report(`end: ${what} as wanted`, `${name} ${version} has ${has}, and the file wants ${wants}`);
    const issued = world.cas.flatMap((ca) => [...ca.issued.values()].map((one) => ({ ca, ...one })));
    const live = issued.find(({ certId }) => certId === pointer.certId);
    // What somebody deletes there is noticed at the next renewal.
    for (const region of missingIn(world, { name, file, version }))
      if (!((world.acm.deletedAt.get(`${region} ${name}`) ?? 0) > (live?.issuedAt ?? 0)))
        report('ACM', `no copy in ${region}`, 'one');
    // What is changed waits for the end of the limit.
    if (opportunities.isLimited(name)) continue;
    const { key = 'ecdsa-p256', profile = live?.profile } = file;
    const kept = world.bucket.get(archiveKey(name, version, 'privkey'))?.body ?? '';
    if (keyTypeOf(kept) !== key) report('key', keyTypeOf(kept), key);
    if (live?.profile !== profile) report('profile', live?.profile, profile);
    const cas = casOf(file as { ca?: string[] }, world.settings);
    if (!live || !cas.includes(live.ca.directoryUrl)) report('CA', live?.ca.directoryUrl, cas.join(' or '));
  }
}

const CURVES: Record<string, string> = { prime256v1: 'ecdsa-p256', secp384r1: 'ecdsa-p384' };

/** In the words of a renewal file. */
function keyTypeOf(pem: string): string | undefined {
  try {
    const { namedCurve = '', modulusLength } = createPrivateKey(pem).asymmetricKeyDetails ?? {};
    return modulusLength === undefined ? CURVES[namedCurve] : `rsa-${modulusLength}`;
  } catch {
    return undefined;
  }
}

/** Regions of the file whose ACM has no copy of the live version. */
function missingIn(
  { acm, bucket }: World,
  { name, file, version }: { name: string; file: File; version: string },
): string[] {
  const hash = sha256(bucket.get(archiveKey(name, version, 'cert'))?.body ?? '');
  const copies = [...acm.imports].filter(([, one]) => one.name === name && one.hash === hash);
  const regions = ((file.acm as { region: string }[] | undefined) ?? []).map(({ region }) => region);
  return regions.filter((region) => !copies.some(([arn]) => arn.startsWith(`arn:aws:acm:${region}:`)));
}
