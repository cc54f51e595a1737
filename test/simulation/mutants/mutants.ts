import type { Mutant } from './plant.ts';

/** Guards, orders of writes, waits, locks and clean-ups that somebody may lose: the simulation has to notice each. */
export const MUTANTS: readonly Mutant[] = [
  {
    name: 'the pointer is written without If-Match',
    file: 'lib/issuance/renewal/commit.ts',
    edits: [
      [
        ': store.replace(key, body, { groups, etag }));',
        ": store.put(key, body, { groups }).then(() => ({ etag: 'any' })));",
      ],
    ],
  },
  {
    name: 'the pointer moves before the version is archived',
    file: 'lib/issuance/renewal/commit.ts',
    edits: [
      ['  await archive(deps.store, wanted, { version, files });\n', ''],
      [
        '  await writePointer(deps.store, name, { pointer, etag: pointerEtag });\n',
        '  await writePointer(deps.store, name, { pointer, etag: pointerEtag });\n  await archive(deps.store, wanted, { version, files });\n',
      ],
    ],
  },
  {
    name: 'a claim is taken over from a worker that is alive',
    file: 'lib/issuance/renewal/rules/claim-record.ts',
    edits: [
      [
        '+ Math.min(leaseSeconds, CLAIM_SECONDS) * 1000 <= at.getTime()',
        '<= at.getTime() + 0 * leaseSeconds * CLAIM_SECONDS',
      ],
    ],
  },
  {
    name: 'no lock on the order',
    file: 'lib/issuance/renewal/claim-certificate.ts',
    edits: [
      [
        "    if (assessed.action === 'renew') await claim.lockOrder(",
        '    if (false) await claim.lockOrder(',
      ],
    ],
  },
  {
    name: 'the order lock is not released',
    file: 'lib/issuance/renewal/claim.ts',
    edits: [
      [
        '  async unlockOrder(): Promise<void> {\n    await this.#lock?.release(this.issuedAt);\n',
        '  async unlockOrder(): Promise<void> {\n',
      ],
    ],
  },
  {
    name: 'TXT values are not recorded before they are written',
    file: 'lib/issuance/renewal/order.ts',
    edits: [['    records: mergeRecords(renewal, edits),\n', '    records: claim.recorded.records,\n']],
  },
  {
    name: 'TXT values are left in the DNS',
    file: 'lib/issuance/renewal/clean-up.ts',
    edits: [[".filter(({ type }) => type === 'TXT');", ".filter(({ type }) => type === 'TXT').slice(0, 0);"]],
  },
  {
    name: 'values of others are replaced',
    file: 'lib/issuance/dns/rules/record-edits.ts',
    edits: [
      [
        '  const kept = before.filter((value) => !remove.includes(value));',
        '  const kept = before.filter((value) => add.length === 0 && !remove.includes(value));',
      ],
    ],
  },
  {
    name: 'the key is not recorded with its order',
    file: 'lib/issuance/renewal/order.ts',
    edits: [
      [
        '  const { url, key } = recorded;',
        '  const { url } = recorded;\n  const key = await run.deps.runtime.newKey(wanted.key);',
      ],
    ],
  },
  {
    name: 'a failure is tried again at once',
    file: 'lib/issuance/renewal/rules/state.ts',
    edits: [['new Date(now.getTime() + wait)', 'new Date(now.getTime())']],
  },
  {
    name: 'what the CA limits is asked even so',
    file: 'lib/issuance/renewal/rules/order-limit.ts',
    edits: [['  if (limit && !(isFree', '  if (false && limit && !(isFree']],
  },
  {
    name: 'a revoked certificate is not due',
    file: 'lib/issuance/renewal/rules/decide-renewal.ts',
    edits: [["  if (facts.revoked) return 'revoked';\n", '']],
  },
  {
    name: 'a compromised key is reused',
    file: 'lib/foundation/certificate/revocation.ts',
    edits: [
      [
        "one.keyFingerprint === keyFingerprint && one.reason === 'keyCompromise'",
        "one.keyFingerprint === '' && keyFingerprint === ''",
      ],
    ],
  },
  {
    name: 'nothing is renewed for its age but in its last sixth',
    file: 'lib/issuance/renewal/rules/due-by-age.ts',
    edits: [
      ['  return planned.at <= lastSixth ? planned :', '  return planned.at < new Date(0) ? planned :'],
    ],
  },
  {
    name: 'changed hosts are not shown',
    file: 'lib/issuance/renewal/rules/decide-renewal.ts',
    edits: [["    !showsHosts(live, wanted) && 'hosts-changed',\n", '']],
  },
  {
    name: 'the names of what the CA sends are not compared',
    file: 'lib/foundation/certificate/verify-issued.ts',
    edits: [['  if (missing.length + extra.length > 0) {', '  if (missing.length + extra.length > 99) {']],
  },
  {
    name: 'the key of what the CA sends is not compared',
    file: 'lib/foundation/certificate/verify-issued.ts',
    edits: [
      [
        "    refuse('key-mismatch', 'the CA sent a certificate for another key than the one ordered with');",
        '    void key;',
      ],
    ],
  },
  {
    name: 'nobody hears that a trouble is over',
    file: 'lib/reporting/notices/rules/trouble.ts',
    edits: [
      [
        '    if (Object.keys(trouble.told).length > 0) memory.over.push(trouble);',
        '    if (Object.keys(trouble.told).length > 99) memory.over.push(trouble);',
      ],
    ],
  },
  {
    name: 'a trouble is told with every event',
    file: 'lib/reporting/notices/rules/choose-notices.ts',
    edits: [['const AGAIN = DAY;', 'const AGAIN = 0;']],
  },
  {
    name: 'what was changed meanwhile is overwritten',
    file: 'lib/foundation/bucket/update-object.ts',
    edits: [
      [
        'store.replace(key, body, { etag: stored.etag })',
        "store.put(key, body).then(() => ({ etag: 'any' }))",
      ],
    ],
  },
  {
    name: 'hosts that lack a version are left alone',
    file: 'lib/delivery/deployment/rules/decide-deployments.ts',
    edits: [
      [
        '    const behind = lagging.filter(({ names }) => names.length > 0);',
        '    const behind = lagging.filter(({ names }) => names.length > 99);',
      ],
    ],
  },
  {
    name: 'windows of groups are not waited for',
    file: 'lib/delivery/deployment/rules/decide-delivery.ts',
    edits: [['  if (has && isInLastSixth(has, now)) return', '  if (has) return']],
  },
  {
    name: 'an account that is lost is not replaced',
    file: 'lib/issuance/renewal/renew-batch.ts',
    edits: [
      ['  if (refused.length === 0) return committed;', '  if (refused.length < 99) return committed;'],
    ],
  },
];
