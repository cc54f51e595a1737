import type { Comparison } from './compare.ts';

const WIDTH = 760;
const LABEL_WIDTH = 290;
const BAR_HEIGHT = 20;
const STEP = 28;
const GROUP_GAP = 34;
const TOP = 66;
const BAR_WIDTH = WIDTH - LABEL_WIDTH - 90;
const STYLE = `text{font:13px system-ui,sans-serif;fill:#1f2328}.title{font-size:16px;font-weight:600}.case{font-weight:600}
.quiet{fill:#59636e;font-size:12px}.own{fill:#1a7f37}.peer{fill:#818b98}.floor{fill:#0969da}.grid{stroke:#d1d9e0}
@media(prefers-color-scheme:dark){text{fill:#f0f6fc}.quiet{fill:#9198a1}.own{fill:#3fb950}.peer{fill:#656c76}.floor{fill:#4493f8}.grid{stroke:#3d444d}}`;

/** Median wall times as bars on a logarithmic scale, readable on light and on dark: an SVG document. */
export function drawComparison({ cases, entrants }: Comparison): string {
  const walls = cases.flatMap(({ figures }) => Object.values(figures).map(({ wallMs }) => wallMs.median));
  const low = Math.floor(Math.log10(Math.min(...walls) / 1000));
  const high = Math.ceil(Math.log10(Math.max(...walls) / 1000));
  const x = (ms: number) => LABEL_WIDTH + ((Math.log10(ms / 1000) - low) / (high - low)) * BAR_WIDTH;
  const parts: string[] = [];
  let y = TOP;
  for (const { certificates, propagationMs, measuredOn, figures } of cases) {
    const scaled = measuredOn ? `; others measured on ${measuredOn} and scaled` : '';
    const what = `${certificates} certificate${certificates === 1 ? '' : 's'}, ${propagationMs / 1000} s of propagation${scaled}`;
    parts.push(text(0, y, what, 'case'));
    y += 10;
    for (const { id, kind, title } of entrants) {
      const ms = figures[id]?.wallMs.median;
      if (ms === undefined) continue;
      const width = (x(ms) - LABEL_WIDTH).toFixed(1);
      parts.push(
        text(LABEL_WIDTH - 8, y + 15, kind === 'own' ? `Perennial, ${title}` : title, '', 'end'),
        `<rect x="${LABEL_WIDTH}" y="${y}" width="${width}" height="${BAR_HEIGHT}" rx="3" class="${kind}"/>`,
        text(x(ms) + 6, y + 15, `${Number((ms / 1000).toPrecision(3))} s`),
      );
      y += STEP;
    }
    y += GROUP_GAP;
  }
  const bottom = y - GROUP_GAP + 4;
  const grid = Array.from({ length: high - low + 1 }, (_, index) => {
    const at = x(10 ** (low + index) * 1000);
    const line = `<line x1="${at}" x2="${at}" y1="${TOP + 6}" y2="${bottom}" class="grid"/>`;
    return line + text(at, bottom + 18, `${10 ** (low + index)} s`, 'quiet', 'middle');
  });
  const height = bottom + 30;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="-12 0 ${WIDTH + 24} ${height}" width="${WIDTH + 24}" height="${height}" role="img">`,
    `<title>Wall time of a renewal, this project beside others</title><style>${STYLE}</style>`,
    text(0, 22, 'Wall time of a renewal, seconds, logarithmic: shorter is better', 'title'),
    text(0, 40, 'one machine, one run, the same CA, Route 53 and DNS on it', 'quiet'),
    ...grid,
    ...parts,
    '</svg>\n',
  ].join('\n');
}

function text(x: number, y: number, content: string, style = '', anchor = 'start'): string {
  return `<text x="${x.toFixed(1)}" y="${y}" text-anchor="${anchor}"${style && ` class="${style}"`}>${content}</text>`;
}
