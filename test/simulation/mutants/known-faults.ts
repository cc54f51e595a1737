import type { Mutant } from './plant.ts';

/** Faults that were found by reading and are mended: each is planted again, and the simulation has to find it by itself. */
export const KNOWN_FAULTS: readonly Mutant[] = [
  {
    name: 'S1: a stray object stops every check',
    file: 'lib/foundation/certificate/object-keys.ts',
    edits: [
      [
        "  return found.flatMap((one) => ('name' in one ? one.name : []));",
        "  return found.map((one) => {\n    if ('error' in one) throw one.error;\n    return one.name;\n  });",
      ],
    ],
  },
  {
    name: 'S2: what was left in a zone that is gone is tried to be removed for ever',
    file: 'lib/issuance/renewal/clean-up.ts',
    edits: [["    if (reason === 'zone-missing') return;\n", '']],
  },
  {
    name: 'S3: what failed once, and is done or unwanted since, stays remembered',
    file: 'lib/scan/assess-certificate.ts',
    edits: [
      [
        '  const over = { renewal: isOver, repairs: (reason: string) => !wished.includes(reason) };',
        '  const over = { renewal: isOver && wished.length > 99, repairs: () => false };',
      ],
    ],
  },
  {
    name: 'S4: an open order is no reason to go on with it',
    file: 'lib/issuance/renewal/rules/decide-renewal.ts',
    edits: [["  return reason ?? (facts.orderOpen ? 'order-open' : undefined);", '  return reason;']],
  },
  {
    name: 'S5: the trouble of what is no longer wanted goes on',
    file: 'lib/reporting/notices/notify.ts',
    edits: [
      ['    if (newest) await endUnwanted(', '    if (newest && checks.length > 99) await endUnwanted('],
    ],
  },
  {
    name: 'S6: the record of a host that is gone stays',
    file: 'lib/delivery/deployment/forget-hosts.ts',
    edits: [['    if (isGone) await store.remove(', '    if (isGone && ageMs < 0) await store.remove(']],
  },
  {
    name: 'S7: a key that is revoked during a renewal with reuseKey is committed',
    file: 'lib/issuance/renewal/require-sound-key.ts',
    edits: [['  if (!resumed && fingerprint !== live?.pointer.keyFingerprint) return;\n', '  return;\n']],
  },
  {
    name: 'S8: an order that the CA does not go on with is asked for ever',
    file: 'lib/issuance/renewal/rules/claim-record.ts',
    edits: [['const MOST_TRIES = 4;', 'const MOST_TRIES = 4_000;']],
    besides: [
      {
        file: 'lib/issuance/renewal/rules/open-order.ts',
        edits: [['const LONGEST_OPEN = 7 * DAY;', 'const LONGEST_OPEN = 7_000 * DAY;']],
      },
    ],
  },
  {
    name: 'S9: a late event of an older command takes the record back',
    file: 'lib/delivery/deployment/rules/host-record.ts',
    edits: [
      [
        '(recorded.commandId === command.commandId || isOlder(command, recorded))',
        '(recorded.commandId === command.commandId || (isOlder(command, recorded) && recorded.at === undefined))',
      ],
    ],
  },
  {
    name: 'S10: TXT values are removed while the CA looks at them',
    file: 'lib/issuance/renewal/turns.ts',
    edits: [['!isFull(renewal) && !renewal.claim.lookedAt)', '!isFull(renewal))']],
  },
  {
    name: 'S11: who waits for a renewal waits with its repairs too',
    file: 'lib/issuance/renewal/rules/decide-renewal.ts',
    edits: [['  if (repair) return repair;\n', '  if (repair && !held) return repair;\n']],
  },
  {
    name: 'S12: each certificate of a set of names has a budget of its own',
    file: 'lib/issuance/renewal/gather-facts.ts',
    edits: [['[...order.issued, ...issuedToOthers]', '[...order.issued, ...issuedToOthers.slice(0, 0)]']],
  },
  {
    name: 'S13: what a second notifier finds is remembered as told, and never sent',
    file: 'lib/reporting/notices/notify.ts',
    edits: [
      [
        '    if (news.tell.length + news.over.length > 0) {\n',
        '    if (news.tell.length + news.over.length > 0 && said.tell.length + said.over.length === 0) {\n',
      ],
    ],
  },
  {
    name: 'S14: instants far in the future are believed',
    file: 'lib/foundation/common/is-meant.ts',
    edits: [
      [
        'Date.parse(at) <= now.getTime() + aheadMs + APART',
        'Date.parse(at) > 0 * (now.getTime() + aheadMs + APART)',
      ],
    ],
  },
  {
    name: 'S15: an object with members of a newer release cannot be read',
    file: 'lib/foundation/common/own-object.ts',
    edits: [['z.looseObject(shape)', 'z.strictObject(shape)']],
  },
  {
    name: 'S16: what is kept of a certificate that is gone is kept for ever',
    file: 'lib/issuance/renewal/repair.ts',
    edits: [["  if (reason === 'outlived') await", "  if (reason === 'outlived' && name === '') await"]],
  },
];
