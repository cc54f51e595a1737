import type { PlantedFault } from '../fault.ts';

const IMPORT = 'test/unit/cli/import.test.ts';
const TROUBLES = 'test/unit/reporting/notices/one-of-several.test.ts';
const FORCE = 'test/unit/cli/renew.test.ts';

/** What people are told, ask for and bring along. */
export const DELIVERY: readonly PlantedFault[] = [
  {
    name: "one renewal ends everybody's troubles",
    file: 'lib/reporting/notices/rules/take-in.ts',
    edits: [
      ['endEarlier((trouble) => keyOf(trouble) === key);', 'endEarlier((trouble) => trouble.kind === kind);'],
    ],
    test: TROUBLES,
  },
  {
    name: 'a renewal ends all that is wrong with a certificate',
    file: 'lib/reporting/notices/rules/take-in.ts',
    edits: [
      [
        'endEarlier((trouble) => keyOf(trouble) === key);',
        'endEarlier((trouble) => trouble.subject.startsWith(subject));',
      ],
    ],
    test: TROUBLES,
  },
  {
    name: 'an event of before ends what arose after it',
    file: 'lib/reporting/notices/rules/take-in.ts',
    edits: [
      ['Date.parse(trouble.at) <= Date.parse(at) && isOver', 'Date.parse(at) > 0 && isOver'],
      ['known > at ? known : at', "known > at ? known : '9999-01-01T00:00:00Z'"],
    ],
    test: TROUBLES,
  },
  {
    name: '--force without names renews all',
    file: 'cli/commands/renew.ts',
    edits: [['if (force && wanted.length === 0)', 'if (force && wanted.length < 0)']],
    test: FORCE,
  },
  {
    name: '--ignore-budget without --force is taken',
    file: 'cli/commands/renew.ts',
    edits: [['if (ignoreBudget && !force)', 'if (ignoreBudget && !force && wanted.length < 0)']],
    test: FORCE,
  },
  {
    name: 'a forced scan without names is one of all',
    file: 'lib/scan/rules/trigger.ts',
    edits: [
      [
        "names: z.union([z.literal('*'), Names(FORCE_NEEDS_NAMES)], { error: FORCE_NEEDS_NAMES }),",
        "names: z._default(z.union([z.literal('*'), Names(FORCE_NEEDS_NAMES)]), '*'),",
      ],
    ],
    test: FORCE,
  },
  {
    name: 'imported versions have no tag that lets hosts read them',
    file: 'cli/migrate/write-import.ts',
    edits: [
      [
        'if (!(await store.create(key, pem, { groups })))',
        'if (!(await store.create(key, pem, { groups: groups.slice(0, 0) })))',
      ],
    ],
    test: IMPORT,
  },
  {
    name: 'imported copies have no tag that lets hosts read them',
    file: 'cli/migrate/write-import.ts',
    edits: [
      [
        'await putCopies(store, { name, groups, files });',
        'await putCopies(store, { name, groups: groups.slice(0, 0), files });',
      ],
    ],
    test: IMPORT,
  },
  {
    name: 'an imported pointer has no tag that lets hosts read it',
    file: 'cli/migrate/write-import.ts',
    edits: [['pointerText(pointer), { groups })', 'pointerText(pointer), { groups: groups.slice(0, 0) })']],
    test: IMPORT,
  },
];
