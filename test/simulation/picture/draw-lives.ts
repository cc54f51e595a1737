import { HOUR } from '../engine/durations.ts';
import type { Lives, LiveVersion } from './record-lives.ts';

const WIDTH = 1100;
const LEFT = 90;
const TOP = 56;
const ROW = 18;
const BAR = 11;
/** Below it nothing would be seen. */
const NARROWEST = 0.6;

const STYLE = `
  text { font: 11px system-ui, sans-serif; fill: #333 }
  .title { font-size: 14px; font-weight: 600 }
  .grid { stroke: #8884 }
  .even { fill: #2a78b8 } .odd { fill: #7db4dd }
  .expired { fill: #c0392b }
  .revoked { stroke: #c0392b; stroke-width: 2 }
  .outage { fill: #e0a10040 } .ca { fill: #d0402040 }
  .mail { stroke: #c0392b; stroke-width: .7 } .report { stroke: #888; stroke-width: .7 }
  .deleted { stroke: #555; stroke-width: 2 }
  @media (prefers-color-scheme: dark) {
    text { fill: #ddd } .deleted { stroke: #bbb }
  }`;

/** A run as SVG: a row for each certificate with its live versions, outages behind them, mails below. */
export function drawLives(
  lives: Lives,
  { from, until, title }: { from: number; until: number; title: string },
): string {
  const x = (at: number) => (LEFT + ((at - from) / (until - from)) * (WIDTH - LEFT - 10)).toFixed(1);
  const rows = [...lives.versions];
  const bottom = TOP + rows.length * ROW;
  const y = (name: string) => TOP + rows.findIndex(([each]) => each === name) * ROW;
  const mark = (kind: string, { name, at }: { name: string; at: number }) =>
    line(kind, [x(at), y(name) - 1], [x(at), y(name) + BAR + 1]);
  const parts = [
    `<text class="title" x="${LEFT}" y="18">${title}</text>`,
    legend(),
    ...lives.outages
      .filter((outage) => outage.until - outage.from >= 3 * HOUR)
      .map((outage) =>
        box(
          outage.port === 'ca' ? 'outage ca' : 'outage',
          [x(outage.from), TOP - 4],
          [width(x, outage), bottom - TOP + 4],
        ),
      ),
    ...years(from, until).flatMap((at) => [
      line('grid', [x(at), TOP - 4], [x(at), bottom + 16]),
      `<text x="${x(at)}" y="${bottom + 34}">${new Date(at).getUTCFullYear()}</text>`,
    ]),
    ...rows.flatMap(([name, versions]) => [
      `<text x="4" y="${y(name) + 10}">${name}</text>`,
      ...versions.flatMap((version, index) => bars(version, { index, y: y(name), x, until })),
    ]),
    ...lives.deleted.filter(({ name }) => lives.versions.has(name)).map((one) => mark('deleted', one)),
    ...lives.revoked.map((one) => mark('revoked', one)),
    `<text x="4" y="${bottom + 14}">mails</text>`,
    marks(
      'report',
      lives.mails.filter(({ isReport }) => isReport).map(({ at }) => `M${x(at)} ${bottom + 4}v5`),
    ),
    marks(
      'mail',
      lives.mails.filter(({ isReport }) => !isReport).map(({ at }) => `M${x(at)} ${bottom + 4}v12`),
    ),
  ];
  const size = `viewBox="0 0 ${WIDTH} ${bottom + 42}" width="${WIDTH}"`;
  return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>\n<title>${title}</title>\n<style>${STYLE}\n</style>\n${parts.join('\n')}\n</svg>\n`;
}

type Place = readonly [x: string | number, y: string | number];

const line = (kind: string, [x1, y1]: Place, [x2, y2]: Place) =>
  `<line class="${kind}" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}"/>`;

/** Many at once: a file of them one by one would be several times as long. */
const marks = (kind: string, paths: readonly string[]) =>
  `<path class="${kind}" d="${[...new Set(paths)].join('')}"/>`;

const box = (kind: string, [x, y]: Place, [width, height]: Place) =>
  `<rect class="${kind}" x="${x}" y="${y}" width="${width}" height="${height}"/>`;

function width(x: (at: number) => string, { from, until }: { from: number; until: number }): string {
  return Math.max(NARROWEST, Number(x(until)) - Number(x(from))).toFixed(1);
}

interface Row {
  index: number;
  y: number;
  x: (at: number) => string;
  until: number;
}

/** The time in which it was live and valid, and the time in which it was live and expired. */
function bars({ from, until, notAfter }: LiveVersion, { index, y, x, until: last }: Row): string[] {
  const end = Math.min(until ?? last, last);
  const valid = { from, until: Math.min(end, notAfter) };
  const drawn = [box(index % 2 === 0 ? 'even' : 'odd', [x(from), y], [width(x, valid), BAR])];
  if (end > notAfter)
    drawn.push(box('expired', [x(notAfter), y + BAR / 2 - 1], [width(x, { from: notAfter, until: end }), 2]));
  return drawn;
}

function years(from: number, until: number): number[] {
  const first = new Date(from).getUTCFullYear() + 1;
  const last = new Date(until).getUTCFullYear();
  return Array.from({ length: last - first + 1 }, (_, index) => Date.UTC(first + index, 0, 1));
}

const BOXES = {
  even: 'live version',
  odd: 'the next one',
  expired: 'expired',
  'outage ca': 'outage of a CA',
  outage: 'outage of an AWS service',
};
const LINES = { revoked: 'revoked', deleted: 'file deleted', mail: 'mail', report: 'weekly report' };

function legend(): string {
  let x = LEFT;
  const beside = (text: string, symbol: string) => {
    const drawn = `${symbol}<text x="${x + 19}" y="38">${text}</text>`;
    x += 36 + text.length * 6.2;
    return drawn;
  };
  const boxes = Object.entries(BOXES).map(([kind, text]) => beside(text, box(kind, [x, 28], [14, BAR])));
  const lines = Object.entries(LINES).map(([kind, text]) =>
    beside(text, line(kind, [x + 12, 28], [x + 12, 40])),
  );
  return [...boxes, ...lines].join('');
}
