import { createHash } from 'node:crypto';
import { type CertificateStatus, isWell } from '../rules/certificate-status.ts';
import { html, Markup } from './html.ts';
import { elsewhereOf, fileOf, navigationOf, PART_SIZE, type Part, placesOf } from './parts.ts';
import { PARTS_SCRIPT } from './parts-script.ts';
import { rowOf } from './row.ts';
import { SCRIPT } from './script.ts';
import { STYLE } from './style.ts';

export interface Page {
  /** The stack and its region, and its stage for the commands. */
  title: string;
  stage: string;
  at: Date;
  /** In the order of the page. */
  certificates: readonly CertificateStatus[];
  /** Who hears nothing of trouble, each in one sentence. */
  deaf?: readonly string[];
  /** The version that is deployed. */
  release?: string;
}

interface Counts {
  all: number;
  unwell: number;
  /** Well, and not promised to be served. */
  idle: number;
}

/**
 * The page by parts of {@link PART_SIZE} certificates, each one HTML document that loads nothing and is complete without its
 * scripts, which only search. The first part comes last: what it links to is written by then.
 */
export function* statusPages(page: Page): Generator<{ file: string; text: string }> {
  const { certificates } = page;
  const unwell = certificates.filter((certificate) => !isWell(certificate)).length;
  const idle = certificates.filter(({ health }) => health !== 'ok').length - unwell;
  const counts = { all: certificates.length, unwell, idle };
  const of = Math.max(1, Math.ceil(certificates.length / PART_SIZE));
  for (let number = of; number >= 1; number -= 1)
    yield { file: fileOf(number), text: documentOf(page, counts, { number, of }) };
}

function documentOf(page: Page, counts: Counts, part: Part): string {
  const { title, stage, at, certificates, deaf = [], release } = page;
  const rows = certificates.slice((part.number - 1) * PART_SIZE, part.number * PART_SIZE);
  const scripts = part.of === 1 ? [SCRIPT] : [SCRIPT, PARTS_SCRIPT];
  const navigation = navigationOf(part, counts.all);
  return html`<!doctype html>
<html lang="en" data-parts="${part.of}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy(scripts)}">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${brief(counts)} – ${part.number === 1 ? '' : `part ${part.number} – `}${title}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<header>
<h1>${summary(counts)}</h1>
<p><strong>${title}</strong>${release === undefined ? '' : `, Perennial ${release}`}, as of <time datetime="${at.toISOString()}" id="at">${at.toISOString().slice(0, 16).replace('T', ' ')} UTC</time><strong id="old"></strong></p>
${deaf.map(
  (line) => html`<p class="deaf">${line}</p>
`,
)}<form role="search">
<label>Search <input type="search" id="q" autocomplete="off" placeholder="name, host, reason"></label>
<label><input type="checkbox" id="unwell"> only what is not well</label>
<output id="shown" for="q unwell"></output>
</form>
${elsewhereOf(part)}<p class="key"><svg aria-hidden="true"><rect class="d" x="66%"/><rect class="n" width="40%"/></svg> life so far, and from when it is due for renewal</p>
${navigation}</header>
<main>
<table>
<caption>Certificates, the soonest trouble first</caption>
<thead><tr><th scope="col">Certificate<th scope="col">State<th scope="col">Life<th scope="col">From, last try<th scope="col">Hosts</thead>
<tbody>
${rows.map((certificate) => rowOf(certificate, at, stage))}</tbody>
</table>
${navigation}${part.number === 1 ? placesOf(certificates, counts.unwell) : ''}</main>
${scripts.map(
  (script) => html`<script>${new Markup(script)}</script>
`,
)}</body>
</html>
`.text;
}

function brief({ all, unwell }: Counts): string {
  if (all === 0) return 'No certificates yet';
  return unwell === 0 ? 'All well' : `${unwell} not well`;
}

function summary({ all, unwell, idle }: Counts): string {
  if (all === 0) return 'no certificates yet';
  const counted = `${all} certificate${all === 1 ? '' : 's'}`;
  if (unwell > 0) return `${unwell} of ${counted} not well`;
  return `${counted}, all well${idle === 0 ? '' : `, ${idle} without a renewal file`}`;
}

/** Nothing may be loaded or sent; only our scripts and style run. */
function policy(scripts: readonly string[]): string {
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  return `default-src 'none'; script-src ${scripts.map(hash).join(' ')}; style-src ${hash(STYLE)}; base-uri 'none'; form-action 'none'`;
}
