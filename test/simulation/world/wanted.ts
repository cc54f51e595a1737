import type { Random } from '../engine/random.ts';
import { rootsOf } from '../keys/issuer.ts';
import { DOMAINS, GROUPS } from './names.ts';

/** A renewal file as a person writes it. */
export interface File {
  names: string[];
  [key: string]: unknown;
}

/** A root to which no CA offers a chain. */
const NO_ROOT = 'Root of Nobody';

export const REGIONS = ['us-east-1', 'eu-central-1', 'ap-southeast-2'];

/** What somebody might want of a certificate. */
export function drawFile(random: Random, index: number, cas: readonly string[]): File {
  const domain = DOMAINS[index % DOMAINS.length] ?? '';
  const other = random.pick(DOMAINS);
  const base = index < DOMAINS.length ? domain : `s${index}.${domain}`;
  const names = [
    base,
    ...(random.chance(0.3) ? [`*.x${index}.${base}`] : []),
    ...(random.chance(0.2) ? [`s${index}-b.${other}`] : []),
  ];
  const maybe = (probability: number, more: object) => (random.chance(probability) ? more : {});
  const hosts = random.some(GROUPS, 0.4);
  const file: File = {
    names,
    hosts,
    ...maybe(0.3, { key: 'ecdsa-p384' }),
    ...maybe(0.2, { profile: 'tlsserver' }),
    ...maybe(0.03, { profile: 'shortlived' }),
    ...maybe(0.15, { reuseKey: true }),
    ...maybe(0.08, { renewBeforeDays: random.whole(8, 20) }),
    ...maybe(0.25, { ca: [...cas] }),
    ...maybe(0.15, { preferredChain: random.pick([...cas.flatMap(rootsAt), NO_ROOT]) }),
    ...maybe(0.2, { acm: random.some(REGIONS, 0.5).map((region) => ({ region })) }),
    ...maybe(hosts.length > 0 ? 0.2 : 0, { probe: true }),
    ...maybe(0.5, {
      caa: random.pick([
        { mode: 'manage' },
        { mode: 'manage', restrict: true },
        { mode: 'check' },
        { mode: 'off' },
      ]),
    }),
  };
  // A file that asks for more days than such a certificate lives is refused.
  if (file.profile === 'shortlived') delete file.renewBeforeDays;
  return file;
}

const rootsAt = (directoryUrl: string) => rootsOf(new URL(directoryUrl).host);

export function fileText(file: File): string {
  return `${JSON.stringify(file, null, 2)}\n`;
}
