import type { PlantedFault } from '../fault.ts';

const EDIT = 'test/unit/cli/edit.test.ts';
const REMOVE = 'test/unit/cli/remove.test.ts';
const LOGS = 'test/unit/cli/logs.test.ts';
const COMPLETION = 'test/unit/cli/completion.test.ts';
const ACCOUNT = 'test/unit/cli/account.test.ts';

/** What the command line writes over, removes, and says of whom. */
export const COMMAND_LINE: readonly PlantedFault[] = [
  {
    name: 'an edit says that it wrote a file which somebody changed meanwhile',
    file: 'cli/commands/edit.ts',
    edits: [
      [
        'if (await store.replace(key, text, { etag })) return',
        'await store.replace(key, text, { etag });\n  if (key) return',
      ],
    ],
    test: EDIT,
  },
  {
    name: 'a removal says that it removed a file which somebody changed meanwhile',
    file: 'cli/commands/remove.ts',
    edits: [['if (await store.get(key))', "if (key === '')"]],
    test: REMOVE,
  },
  {
    name: 'a renewal file is removed though nobody agreed',
    file: 'cli/commands/remove.ts',
    edits: [
      [
        "if (!(await agree(['what stays:', ...lines])))",
        "if (!(await agree(['what stays:', ...lines])) && key === '')",
      ],
    ],
    test: REMOVE,
  },
  {
    name: 'the logs of a certificate have those of others with its name among theirs',
    file: 'cli/logs/read-line.ts',
    edits: [['subjects ? !subjects.includes(name) : !mentions(line, name)', '!mentions(line, name)']],
    test: LOGS,
  },
  {
    name: 'a shell waits for a bucket that does not answer',
    file: 'cli/completion/known-names.ts',
    edits: [
      ['setTimeout(() => resolve(undefined), limitMs)', 'setTimeout(() => resolve(undefined), 900_000)'],
    ],
    test: COMPLETION,
  },
  {
    name: 'CAA values that bind nobody to our account are told as bound',
    file: 'cli/commands/account.ts',
    edits: [['pinned: pinned.filter(isBound)', 'pinned: pinned.filter((one) => isBound(one) || true)']],
    test: ACCOUNT,
  },
];
