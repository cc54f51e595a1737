import { COLOURS, escaped, svgOf } from './svg.ts';

interface Box {
  x: number;
  y: number;
  width: number;
  title: string;
  lines: string[];
  kind: 'function' | 'other';
}

const STYLE = `${COLOURS}
text{font:13px system-ui,-apple-system,sans-serif;fill:var(--text);text-anchor:middle}.title{font-weight:600}
.quiet{font-size:12px;fill:var(--quiet)}rect{fill:var(--box);stroke:var(--line)}.function{stroke:var(--own);stroke-width:2}
path{fill:none;stroke:var(--line);stroke-width:1.5;marker-end:url(#end)}.both{marker-start:url(#end)}marker path{fill:var(--line);stroke:none;marker:none}`;

const MIDDLE = 112;
const BELOW = 246;

/** The function of each hop is green, what is there without us grey. */
const BOXES: Box[] = [
  { x: 156, y: 8, width: 172, title: 'EventBridge', lines: ['hourly, weekly, new file'], kind: 'other' },
  { x: 342, y: 8, width: 84, title: 'CA', lines: ['ACME'], kind: 'other' },
  { x: 438, y: 8, width: 84, title: 'Route 53', lines: ['TXT, CAA'], kind: 'other' },
  { x: 8, y: MIDDLE, width: 128, title: 'renewal files', lines: ['what you want,', 'in S3'], kind: 'other' },
  {
    x: 172,
    y: MIDDLE,
    width: 140,
    title: 'scan',
    lines: ['compares, decides', 'what is due'],
    kind: 'function',
  },
  {
    x: 348,
    y: MIDDLE,
    width: 168,
    title: 'renew',
    lines: ['order, prove, finalize,', 'verify, commit'],
    kind: 'function',
  },
  {
    x: 552,
    y: MIDDLE,
    width: 132,
    title: 'deploy',
    lines: ['one host first,', 'then the others'],
    kind: 'function',
  },
  {
    x: 720,
    y: MIDDLE,
    width: 152,
    title: 'hosts',
    lines: ['test, reload, look;', 'go back on failure'],
    kind: 'other',
  },
  {
    x: 348,
    y: BELOW,
    width: 168,
    title: 'S3 bucket',
    lines: ['every version,', 'one pointer'],
    kind: 'other',
  },
  {
    x: 552,
    y: BELOW,
    width: 132,
    title: 'notify',
    lines: ['mails, alarms,', 'weekly report'],
    kind: 'function',
  },
  {
    x: 720,
    y: BELOW,
    width: 152,
    title: 'confirm',
    lines: ['records what', 'each host serves'],
    kind: 'function',
  },
];

const ARROWS: [path: string, label?: { x: number; y: number; text: string }][] = [
  ['M136 146H168'],
  ['M242 62V108'],
  ['M312 146H344'],
  ['M516 146H548'],
  ['M684 146H716', { x: 700, y: 138, text: 'SSM' }],
  ['M432 180V242'],
  ['M516 250C580 226 660 220 742 184', { x: 596, y: 204, text: 'fetch with their own role' }],
  ['M806 180V242', { x: 838, y: 216, text: 'report' }],
  ['M720 280H688'],
];

/** With a head at each end. */
const BOTH_WAYS = ['M384 63V107', 'M480 63V107'];

/** The way of a certificate, for README. */
export function drawLine(): string {
  const boxes = BOXES.flatMap(({ x, y, width, title, lines, kind }) => {
    const middle = x + width / 2;
    return [
      `<rect x="${x}" y="${y}" width="${width}" height="${lines.length * 17 + 34}" rx="6" class="${kind}"/>`,
      `<text x="${middle}" y="${y + 22}" class="title">${escaped(title)}</text>`,
      ...lines.map(
        (line, at) => `<text x="${middle}" y="${y + 40 + at * 17}" class="quiet">${escaped(line)}</text>`,
      ),
    ];
  });
  const arrows = ARROWS.flatMap(([path, label]) => [
    `<path d="${path}"/>`,
    ...(label ? [`<text x="${label.x}" y="${label.y}" class="quiet">${escaped(label.text)}</text>`] : []),
  ]);
  return svgOf({ width: 880, height: 352 }, 'How a certificate is renewed and delivered', [
    `<style>${STYLE}</style>`,
    '<defs><marker id="end" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0L8 4L0 8z"/></marker></defs>',
    ...boxes,
    ...arrows,
    ...BOTH_WAYS.map((path) => `<path d="${path}" class="both"/>`),
    '<text x="440" y="344" class="quiet">Every hop is an event through a queue. If one gets lost, the next scan makes up for it.</text>',
  ]);
}
