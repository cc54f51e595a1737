import type { Mutant } from './plant.ts';

/** What somebody may lose of telling people, and of leaving nothing behind. */
export const TOLD_MUTANTS: readonly Mutant[] = [
  {
    name: 'nobody hears that an object was set aside',
    file: 'lib/reporting/notices/rules/take-in.ts',
    edits: [
      [
        "      arise(memory, { kind: 'object', subject, reason, message, at });\n",
        '      void [subject, message];\n',
      ],
    ],
  },
  {
    name: 'nobody hears that a pin has ended',
    file: 'lib/reporting/notices/rules/take-in.ts',
    edits: [
      [
        "      arise(memory, { kind: 'pin-end', subject, reason, message, at });\n",
        '      void [subject, reason];\n',
      ],
    ],
  },
  {
    name: 'nobody hears what a check found not to be well',
    file: 'lib/reporting/notices/rules/take-in.ts',
    edits: [['    if (TOLD.includes(reason)) arise(', '    if (TOLD.includes(at)) arise(']],
  },
  {
    name: 'nobody hears of a group that does not install',
    file: 'lib/reporting/notices/rules/choose-notices.ts',
    edits: [
      [
        '  if (isHealed(trouble)) return false;',
        "  if (isHealed(trouble) || kind === 'deployment') return false;",
      ],
    ],
  },
  {
    name: 'nobody hears of a file that a check rejects',
    file: 'lib/reporting/notices/rules/take-in.ts',
    edits: [['of rejected.items)\n', 'of rejected.items.slice(0, 0))\n']],
  },
  {
    name: 'an import that failed is written down only',
    file: 'lib/delivery/acm/import-into-region.ts',
    edits: [
      [
        "    await deps.events.publish([{ type: 'Certificate Import Failed', detail: { name, region, ...failure } }]);\n",
        '',
      ],
    ],
  },
  {
    name: 'what is urgent is told with each check',
    file: 'lib/reporting/notices/rules/choose-notices.ts',
    edits: [['const AGAIN_URGENTLY = 6 * HOUR;', 'const AGAIN_URGENTLY = HOUR;']],
  },
  {
    name: 'a sweep that another check overtook is not remembered',
    file: 'lib/reporting/notices/rules/take-in.ts',
    edits: [
      ['    memory.lastSweep = at;\n', '    void start;\n'],
      ['  memory.lastSweep ??= at;\n', "  if (start === 'weekly-sweep') memory.lastSweep = at;\n"],
    ],
  },
  {
    name: 'stray objects beside the locks of orders are passed over',
    file: 'lib/foundation/certificate/own-keys.ts',
    edits: [
      [
        '  [ORDERS_PREFIX]: isOrderLockKey,\n',
        '  [ORDERS_PREFIX]: (key) => isOrderLockKey(key) || key.length > 0,\n',
      ],
    ],
  },
  {
    name: 'a repair that is done stays remembered as failed',
    file: 'lib/issuance/renewal/rules/state.ts',
    edits: [
      [
        'forget(state, { repairs: (reason) => reason === repair })',
        'forget(state, { repairs: (reason) => reason === repair && reason.length > 99 })',
      ],
    ],
  },
  {
    name: 'a region stays claimed after its import',
    file: 'lib/delivery/acm/import-into-region.ts',
    edits: [
      [
        "() => ({ arn, version, outcome: 'imported', ...how }));",
        "() => ({ arn, version, outcome: 'importing', ...how }));",
      ],
    ],
  },
  {
    name: 'a lock beside which something was issued keeps its lease',
    file: 'lib/issuance/renewal/order-lock.ts',
    edits: [
      [
        '    if (lock && lock.leaseSeconds === 0 && lock.issued.length > 0) continue;',
        '    if (lock && lock.issued.length > 0) continue;',
      ],
    ],
  },
  {
    name: 'nobody hears that an alarm is over',
    file: 'lib/reporting/notices/notify.ts',
    edits: [['for (const alarm of alarms) await', 'for (const alarm of alarms.slice(0, 0)) await']],
  },
  {
    name: 'the trouble of a health is never over',
    file: 'lib/reporting/notices/rules/is-gone.ts',
    edits: [['return isAll(unwell) && !isNamed(trouble, checked);', 'return false;']],
    besides: [
      {
        file: 'lib/reporting/notices/end-unwanted.ts',
        edits: [
          [
            "    case 'pin':\n      return wants(store, subject, () => true);",
            "    case 'pin':\n      return true;",
          ],
        ],
      },
    ],
  },
  {
    name: 'a sweep passes over stray objects where only it looks',
    file: 'lib/foundation/bucket/find-strays.ts',
    edits: [['...(sweeps && SWEPT_KEYS)', '...(sweeps && undefined && SWEPT_KEYS)']],
  },
];
