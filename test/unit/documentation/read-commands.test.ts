import { describe, expect, it } from 'vitest';
import { compareOutput } from '../../e2e/documentation/mask-output.ts';
import { commandsOf, printoutsOf } from '../../e2e/documentation/read-commands.ts';

const PAGE = `# A page

Run \`npm test\`, or \`aws s3 ls\` with \`perennial-group=web\` and \`aws-cli-missing\`.

\`\`\`sh
echo 1 \\
  | cat          # what it is for
npx one

npx two   # why
\`\`\`

\`\`\`json
{ "npx": "three" }
\`\`\`

\`\`\`
$ npx four
it prints
$ npx five
\`\`\`

\`\`\`
npx six is only shown
\`\`\`
`;

describe('the commands of a page', () => {
  it('are in blocks of sh, after a prompt, and in code that starts with a program', () => {
    const found = commandsOf('page.md', PAGE).map(({ line, command, shown }) => [line, command, shown]);
    expect(found).toEqual([
      [3, 'npm test', ''],
      [3, 'aws s3 ls', ''],
      [7, 'echo 1 | cat', ''],
      [8, 'npx one', ''],
      [10, 'npx two', ''],
      [18, 'npx four', 'it prints\n'],
      [20, 'npx five', ''],
    ]);
  });

  it('are not what is only shown', () => {
    expect(printoutsOf(PAGE)).toEqual(['npx six is only shown']);
  });
});

describe('an output that a page shows', () => {
  const table = (name: string, day: string) => `┌──────┬────┐\n│ ${name} │ ${day} │\n└──────┴────┘`;

  it('is the same at another time and with other ids', () => {
    const [shown, printed] = [table('example.com', '2026-12-02'), table('example.com', '2027-01-31')];
    expect(compareOutput(shown, `> perennial-tls@0.1.0 local\n${printed}`)).toEqual({
      missing: [],
      unshown: [],
    });
  });

  it('is another one with other words', () => {
    expect(compareOutput(table('example.com', 'ok'), table('example.com', 'failing'))).toEqual({
      missing: ['ok'],
      unshown: ['failing'],
    });
  });

  it('may leave out what … stands for, and no more', () => {
    expect(compareOutput('begun\n…\nended', 'begun\ngoes on\nended')).toEqual({ missing: [], unshown: [] });
    expect(compareOutput('begun\n…\nended', 'begun')).toEqual({ missing: ['ended'], unshown: [] });
  });
});
