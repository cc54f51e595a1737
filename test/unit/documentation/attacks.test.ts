import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { PROJECT } from '../../../tools/check/run-tool.ts';
import { rowsOf } from '../../attacks/attack.ts';
import { POSITIONS } from '../../attacks/rows/all.ts';
import { tablesOf } from '../../attacks/table.ts';

const document = readFileSync(join(PROJECT, 'docs/operate/attacks.md'), 'utf8');
const rows = POSITIONS.flatMap(rowsOf);

describe('docs/operate/attacks.md', () => {
  it('has every attack, as the suite has it', () => {
    const from = document.indexOf('\n## ') + 1;
    expect(document.slice(from)).toBe(tablesOf(POSITIONS));
  });

  it('says how many there are', () => {
    expect(document).toContain(`attacks: ${rows.length} of ${rows.length} withstood`);
  });

  it('has no cell that breaks its table', () => {
    for (const { tried, must } of rows) expect(`${tried}${must}`).not.toMatch(/[|\n]/);
  });
});
