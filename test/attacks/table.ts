import { type Position, rowsOf } from './attack.ts';

/** The tables of docs/operate/attacks.md: a section for each attacker, with a row for each attack; ° is in `npm test` too. */
export function tablesOf(positions: readonly Position[]): string {
  return positions.map(sectionOf).join('\n');
}

function sectionOf(position: Position): string {
  const rows = rowsOf(position).map(
    ({ id, quick, tried, must }) => `| ${id}${quick ? ' °' : ''} | ${tried} | ${must} |`,
  );
  return `## ${position.attacker}

${position.has}

| row | what is tried | what must happen |
| --- | --- | --- |
${rows.join('\n')}
`;
}
