import * as z from 'zod/mini';
import type { LivePointer } from '../../../foundation/certificate/live-pointer.ts';
import { compareTexts } from '../../../foundation/common/compare-texts.ts';
import { ownObject } from '../../../foundation/common/own-object.ts';
import { orNone } from '../../../foundation/common/parse-json.ts';

/** What a host needs to install a version without asking for its pointer: names of members as in the pointer. */
const ListedCertificate = ownObject({
  name: z.string(),
  version: z.string(),
  serial: z.string(),
  notAfter: z.string(),
  names: z.array(z.string()),
  serverNames: z.array(z.string()),
  /** SHA-256 of the files, in hex. */
  fullchain: z.string(),
  privkey: z.string(),
  putBack: z.optional(z.boolean()),
});
export type ListedCertificate = z.infer<typeof ListedCertificate>;

/**
 * `groups/<group>.json`: the versions that a new host of the group installs, and one that fell behind. A version stands here
 * once a host of the group has come through with it, or where there is none to try it on.
 */
const GroupList = ownObject({
  group: z.string(),
  certificates: z.array(ListedCertificate),
});

/** The certificates of a list as stored; none of one that cannot be read, which the next scan writes anew. */
export function parseGroupList(text: string | undefined): ListedCertificate[] {
  return orNone(text, GroupList)?.certificates ?? [];
}

/** JSON with one certificate a line, sorted by name: hosts read it with sed and grep. */
export function groupListText(group: string, certificates: readonly ListedCertificate[]): string {
  const lines = certificates
    .toSorted((a, b) => compareTexts(a.name, b.name))
    .map(({ name, version, ...more }) => JSON.stringify({ name, version, ...more }));
  return `{"group":${JSON.stringify(group)},"certificates":[\n${lines.join(',\n')}\n]}\n`;
}

export function listedOf(name: string, pointer: LivePointer): ListedCertificate {
  const { version, serial, notAfter, names, serverNames, sha256, putBack } = pointer;
  return { name, version, serial, notAfter, names, serverNames, ...sha256, ...(putBack && { putBack }) };
}

export interface GroupListFacts {
  /** Certificates of the group with a live version. */
  live: readonly ListedCertificate[];
  /** Certificates of which hosts of the group are about to be sent the live version, or wait for a window. */
  due: ReadonlySet<string>;
  /** Certificates whose renewal file cannot be used now. */
  rejected: ReadonlySet<string>;
  /** Whether a version is revoked. */
  isRevoked: (name: string, version: string) => boolean;
  now: Date;
}

/**
 * The list after a scan. What hosts are about to be sent is listed once one host has installed it, so that a new host gets what
 * the others serve; not where it has expired or is revoked.
 */
export function decideGroupList(
  before: readonly ListedCertificate[],
  { live, due, rejected, isRevoked, now }: GroupListFacts,
): ListedCertificate[] {
  const listed = new Map(before.map((certificate) => [certificate.name, certificate]));
  const kept = before.filter(({ name }) => rejected.has(name) && !live.some((one) => one.name === name));
  const decided = live.map((certificate) => {
    const { name } = certificate;
    const old = listed.get(name);
    if (!old || old.version === certificate.version || !due.has(name)) return certificate;
    return Date.parse(old.notAfter) > now.getTime() && !isRevoked(name, old.version) ? old : certificate;
  });
  return [...decided, ...kept];
}

/** The list with other versions of some certificates. */
export function withListed(
  before: readonly ListedCertificate[],
  changed: readonly ListedCertificate[],
): ListedCertificate[] {
  const names = new Set(changed.map(({ name }) => name));
  return [...before.filter(({ name }) => !names.has(name)), ...changed];
}
