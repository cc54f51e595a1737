import { COLOURS, escaped, svgOf } from './svg.ts';

const COLUMN = 7;
const ROW = 17;
const PAD = 14;
const STYLE = `${COLOURS}
text{font:11.5px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:var(--text);white-space:pre}
.good{fill:var(--own)}.quiet{fill:var(--quiet)}rect{fill:var(--paper);stroke:var(--line)}path{fill:none;stroke:var(--line)}`;

/** Of each character that draws tables: whether it reaches left, right, up and down. */
const REACHES: Record<string, [left: boolean, right: boolean, up: boolean, down: boolean]> = {
  '─': [true, true, false, false],
  '│': [false, false, true, true],
  '┌': [false, true, false, true],
  '┐': [true, false, false, true],
  '└': [false, true, true, false],
  '┘': [true, false, true, false],
  '├': [false, true, true, true],
  '┤': [true, false, true, true],
  '┬': [true, true, false, true],
  '┴': [true, true, true, false],
  '┼': [true, true, true, true],
};

/** Lines as a terminal shows them: tables as strokes, which no font can tear apart, and words at their columns. */
export function drawTerminal(title: string, lines: readonly string[]): string {
  const columns = Math.max(...lines.map((line) => line.length));
  const size = { width: columns * COLUMN + 2 * PAD, height: lines.length * ROW + 2 * PAD };
  const strokes = lines.flatMap((line, row) =>
    [...line].map((character, at) => strokesOf(character, at, row)),
  );
  return svgOf(size, title, [
    `<style>${STYLE}</style>`,
    `<rect x="0.5" y="0.5" width="${size.width - 1}" height="${size.height - 1}" rx="6"/>`,
    `<path d="${strokes.join('')}"/>`,
    ...lines.flatMap(wordsOf),
  ]);
}

function strokesOf(character: string, column: number, row: number): string {
  const reaches = REACHES[character];
  if (!reaches) return '';
  const [left, right, up, down] = reaches;
  const [x, y] = [PAD + column * COLUMN + COLUMN / 2, PAD + row * ROW + ROW / 2];
  const across = left || right ? `M${left ? x - COLUMN / 2 : x} ${y}H${right ? x + COLUMN / 2 : x}` : '';
  return across + (up || down ? `M${x} ${up ? y - ROW / 2 : y}V${down ? y + ROW / 2 : y}` : '');
}

/** Each run of words of a line, at its column and as long as its characters. */
function wordsOf(line: string, row: number): string[] {
  return [...line.matchAll(/[^\s│┌┐└┘├┤┬┴┼─]+( [^\s│┌┐└┘├┤┬┴┼─]+)*/g)].map(({ 0: words, index }) => {
    const style = /^(✔|yes$|demo:)/.test(words) ? 'good' : /^(›|\(as before\))/.test(words) ? 'quiet' : '';
    const place = `x="${PAD + index * COLUMN}" y="${PAD + row * ROW + 12}" textLength="${words.length * COLUMN}"`;
    return `<text ${place}${style && ` class="${style}"`}>${escaped(words)}</text>`;
  });
}
