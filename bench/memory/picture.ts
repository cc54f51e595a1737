import { LINE, type LineFunction, type Load } from './figures.ts';

const PANEL = { width: 310, height: 210, left: 56, top: 104, gap: 116 };
const LABEL_STEP = 14;
const WIDTH = PANEL.left + 2 * PANEL.width + PANEL.gap + 90;
const STYLE = `text{font:13px system-ui,sans-serif;fill:#1f2328}.title{font-size:16px;font-weight:600}.panel{font-weight:600}
.quiet{fill:#59636e;font-size:12px}.grid{stroke:#d1d9e0}path{fill:none;stroke-width:2}
.scan{--c:#0969da}.renew{--c:#1a7f37}.deploy{--c:#9a6700}.confirm{--c:#8250df}.notify{--c:#cf222e}path{stroke:var(--c)}circle{fill:var(--c)}text[class]:not(.title):not(.panel):not(.quiet){fill:var(--c)}
@media(prefers-color-scheme:dark){text{fill:#f0f6fc}.quiet{fill:#9198a1}.grid{stroke:#3d444d}
.scan{--c:#4493f8}.renew{--c:#3fb950}.deploy{--c:#d29922}.confirm{--c:#ab7df8}.notify{--c:#f85149}}`;

/** Billed time and GB-seconds of each function by its memory, both axes logarithmic, a row of panels for each load: an SVG document. */
export function drawMemory(loads: readonly Load[]): string {
  const step = PANEL.height + 92;
  const panels = loads.flatMap((load, row) => [
    text(16, PANEL.top + row * step - 30, load.title, 'panel'),
    drawPanel(load, 'wallMs', {
      x: PANEL.left,
      y: PANEL.top + row * step,
      what: 'billed seconds',
      unit: 1000,
    }),
    drawPanel(load, 'gbSeconds', {
      x: PANEL.left + PANEL.width + PANEL.gap,
      y: PANEL.top + row * step,
      what: 'GB-seconds',
      unit: 1,
    }),
  ]);
  const height = PANEL.top + loads.length * step - 30;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">`,
    `<title>Time and GB-seconds of each function by its memory</title><style>${STYLE}</style>`,
    text(16, 24, "Each function by its memory, cold, with Lambda's share of a core", 'title'),
    text(16, 44, 'both axes logarithmic; a size at which a function failed has no point', 'quiet'),
    ...panels,
    '</svg>\n',
  ].join('\n');
}

interface Place {
  x: number;
  y: number;
  what: string;
  unit: number;
}

function drawPanel({ points }: Load, figure: 'wallMs' | 'gbSeconds', { x, y, what, unit }: Place): string {
  const valuesOf = (name: LineFunction) =>
    points.flatMap(({ memoryMb, functions }) => {
      const value = functions[name]?.[figure];
      return value === undefined ? [] : [{ memoryMb, value: value / unit }];
    });
  const all = LINE.flatMap(valuesOf).map(({ value }) => value);
  if (all.length === 0) return '';
  const low = Math.floor(Math.log10(Math.min(...all)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...all))));
  const sizes = points.map(({ memoryMb }) => memoryMb);
  const [least, most] = [Math.log2(Math.min(...sizes)), Math.log2(Math.max(...sizes))];
  const across = (mb: number) => x + ((Math.log2(mb) - least) / (most - least || 1)) * PANEL.width;
  const up = (value: number) => y + PANEL.height - ((Math.log10(value) - low) / (high - low)) * PANEL.height;
  const line = (value: number) =>
    `<line x1="${x}" x2="${x + PANEL.width}" y1="${up(value).toFixed(1)}" y2="${up(value).toFixed(1)}" class="grid"/>`;
  const decades = Array.from({ length: high - low + 1 }, (_, index) => 10 ** (low + index));
  const curves = LINE.flatMap((name) => {
    const at = valuesOf(name).map(
      ({ memoryMb, value }) => [across(memoryMb).toFixed(1), up(value).toFixed(1)] as const,
    );
    const [lastX, lastY] = at.at(-1) ?? [];
    if (lastX === undefined) return [];
    const dots = at.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3" class="${name}"/>`).join('');
    const path = `<path d="M${at.map((one) => one.join(' ')).join('L')}" class="${name}"/>`;
    return [{ name, drawn: path + dots, x: Number(lastX) + 8, y: Number(lastY) + 4 }];
  });
  return [
    text(x, y - 10, what, 'quiet'),
    ...decades.map(
      (value) =>
        line(value) + text(x - 8, up(value) + 4, String(Number(value.toPrecision(1))), 'quiet', 'end'),
    ),
    ...sizes.map((mb) =>
      text(across(mb), y + PANEL.height + 18, mb === 1769 ? '' : String(mb), 'quiet', 'middle'),
    ),
    text(x + PANEL.width + 22, y + PANEL.height + 18, 'MB', 'quiet'),
    ...curves.map(({ drawn }) => drawn),
    ...apart(curves).map((curve) => text(curve.x, curve.y, curve.name, curve.name)),
  ].join('\n');
}

/** Labels from above to below, none on another. */
function apart<Label extends { y: number }>(labels: readonly Label[]): Label[] {
  let least = Number.NEGATIVE_INFINITY;
  return [...labels]
    .sort((a, b) => a.y - b.y)
    .map((label) => {
      least = Math.max(label.y, least + LABEL_STEP);
      return { ...label, y: least };
    });
}

function text(x: number, y: number, content: string, style: string, anchor = 'start'): string {
  return `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" text-anchor="${anchor}" class="${style}">${content}</text>`;
}
