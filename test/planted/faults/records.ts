import type { PlantedFault } from '../fault.ts';

const DELIVERY = 'test/unit/delivery/contested.test.ts';
const RECORDS = 'test/unit/issuance/contested-records.test.ts';
const NOTICES = 'test/unit/reporting/notices/contested.test.ts';
const ELSEWHERE = 'test/unit/issuance/caa-elsewhere.test.ts';

const fault = (name: string, file: string, from: string, to: string, test: string): PlantedFault => ({
  name: `records: ${name}`,
  file,
  edits: [[from, to]],
  test,
});
/** Whoever comes last counts, in whatever is written together. */
const overwrites = (whose: string, test: string) =>
  fault(
    `${whose} are lost where two workers write`,
    'lib/foundation/bucket/update-object.ts',
    'store.replace(key, body, { etag: stored.etag })',
    "store.put(key, body).then(() => ({ etag: '' }))",
    test,
  );

/** What several workers keep together, and what is of others. */
export const RECORDS_OF_ALL: readonly PlantedFault[] = [
  overwrites('results of hosts and imports', DELIVERY),
  overwrites('revocations and pins', RECORDS),
  overwrites('notices', NOTICES),
  fault(
    'a host that reports again is forgotten',
    'lib/delivery/deployment/forget-hosts.ts',
    'store.remove(key, { etag })',
    'store.remove(key, { etag: etag && undefined } as object)',
    DELIVERY,
  ),
  fault(
    'the list of a group that came back is removed',
    'lib/delivery/deployment/group-lists.ts',
    'store.remove(key, { etag })',
    'store.remove(key, { etag: etag && undefined } as object)',
    DELIVERY,
  ),
  fault(
    'a new pin is removed with the one that ended',
    'lib/scan/end-pins.ts',
    ', { etag: pinEnded.etag })',
    ')',
    RECORDS,
  ),
  fault(
    'a new pin is released with the old one',
    'cli/commands/restore.ts',
    'await store.remove(pinKey(name), { etag: stored.etag });',
    'await store.remove(pinKey(name));',
    RECORDS,
  ),
  fault(
    'a changed renewal file is removed',
    'cli/commands/remove.ts',
    'await store.remove(key, { etag: stored.etag });',
    'await store.remove(key);',
    RECORDS,
  ),
  fault(
    'what was asked is told to hosts twice',
    'lib/delivery/deployment/record-invocation.ts',
    'for (const { name } of unpublished) published.add(name);',
    '',
    DELIVERY,
  ),
  fault(
    'CAA above the domains is changed',
    'lib/issuance/caa/own-caa.ts',
    'if (!stack.domains.some((domain) => isAtOrBelow(at, domain))) return undefined;',
    'if (stack.domains.length === 0 || !isAtOrBelow(at, at)) return undefined;',
    ELSEWHERE,
  ),
  fault(
    "the set of an alias is taken for the name's own",
    'lib/issuance/caa/find-caa.ts',
    'at: await followCnames(resolver, label)',
    'at: (await followCnames(resolver, label)) && label',
    ELSEWHERE,
  ),
  fault(
    'a set of one value lets everybody issue',
    'lib/issuance/caa/find-caa.ts',
    'if (properties.length === 0) continue;',
    'if (properties.length < 2) continue;',
    ELSEWHERE,
  ),
  fault(
    'add --force replaces what somebody wrote meanwhile',
    'cli/commands/add.ts',
    'await store.replace(key, text, { etag: stored.etag })',
    "await store.replace(key, text, { etag: (await store.get(key))?.etag ?? '' })",
    'test/unit/cli/add.test.ts',
  ),
  fault(
    'a file of the live version that was damaged since is not looked at',
    'lib/issuance/renewal/sound-pointer.ts',
    'if (isTouched(stored, modified)) return',
    'if (isTouched(stored, modified) && !isComplete(stored)) return',
    'test/unit/issuance/self-repair.test.ts',
  ),
  fault(
    'versions of a pointer that was made anew may be read by no host',
    'lib/issuance/renewal/sound-pointer.ts',
    '  await tagVersions(store, name, hosts);\n',
    '',
    'test/unit/issuance/what-is-stored.test.ts',
  ),
];
