import type { PlantedFault } from '../fault.ts';

const SETTINGS = 'test/unit/settings.test.ts';

/** A person's settings, and the format of the bucket. */
export const SETTINGS_AND_FORMAT: readonly PlantedFault[] = [
  {
    name: "staging goes to production's CA",
    file: 'resources/settings.cjs',
    edits: [['!(hasOwnCa && CA_PARAMS.includes(name))', 'true']],
    test: SETTINGS,
  },
  {
    name: 'what --param gives is passed over',
    file: 'resources/params.cjs',
    edits: [['!atOnce.has(name) && ', '']],
    test: SETTINGS,
  },
  {
    name: 'an unknown key of settings.yml counts for nothing, in silence',
    file: 'resources/rules/settings-keys.ts',
    edits: [['if (params.includes(key)) return [];', 'return [];']],
    test: SETTINGS,
  },
  {
    name: 'settings of a misspelt stage count for nothing, in silence',
    file: 'resources/rules/stage-names.ts',
    edits: [['if (meant === undefined || sections', 'if (true || sections']],
    test: SETTINGS,
  },
  {
    name: 'another stage that begins like one of ours is taken for a misspelt one',
    file: 'resources/rules/stage-names.ts',
    edits: [['sections.includes(meant) || ', '']],
    test: 'test/unit/stage-names.test.ts',
  },
  {
    name: 'a misspelt --stage staging makes a stack with the production CA',
    file: 'resources/find-settings.cjs',
    edits: [['if (complaint) throw new Error(complaint);', '']],
    test: 'test/unit/stage-names.test.ts',
  },
  {
    name: 'an older release writes to the bucket of a newer one',
    file: 'lib/foundation/bucket/keep-format.ts',
    edits: [["if (complaint) throw new InputError('bucket-newer', complaint);", '']],
    test: 'test/unit/foundation/keep-format.test.ts',
  },
  {
    name: 'an older release is deployed over a newer one',
    file: 'resources/bucket/rules/decide-bucket.ts',
    edits: [['if (newer !== undefined) return refuse(newer);', '']],
    test: 'test/unit/bucket/decide-bucket.test.ts',
  },
];
