import { createHash } from 'node:crypto';
import { type CertificateStatus, isWell } from '../rules/certificate-status.ts';

import { html, Markup } from './html.ts';
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

/** One HTML document that loads nothing and is complete without its script, which only searches. */
export function statusPage({ title, stage, at, certificates, deaf = [], release }: Page): string {
  const unwell = certificates.filter((certificate) => !isWell(certificate)).length;
  const brief =
    certificates.length === 0 ? 'No certificates yet' : unwell === 0 ? 'All well' : `${unwell} not well`;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy()}">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>${brief} – ${title}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<header>
<h1>${summary(certificates, unwell)}</h1>
<p><strong>${title}</strong>${release === undefined ? '' : `, Perennial ${release}`}, as of <time datetime="${at.toISOString()}" id="at">${at.toISOString().slice(0, 16).replace('T', ' ')} UTC</time><strong id="old"></strong></p>
${deaf.map(
  (line) => html`<p class="deaf">${line}</p>
`,
)}<form role="search">
<label>Search <input type="search" id="q" autocomplete="off" placeholder="name, host, reason"></label>
<label><input type="checkbox" id="unwell"> only what is not well</label>
<output id="shown" for="q unwell"></output>
</form>
<p class="key"><svg aria-hidden="true"><rect class="d" x="66%"/><rect class="n" width="40%"/></svg> life so far, and from when it is due for renewal</p>
</header>
<main>
<table>
<caption>Certificates, the soonest trouble first</caption>
<thead><tr><th scope="col">Certificate<th scope="col">State<th scope="col">Life<th scope="col">From, last try<th scope="col">Hosts</thead>
<tbody>
${certificates.map((certificate) => rowOf(certificate, at, stage))}</tbody>
</table>
</main>
<script>${new Markup(SCRIPT)}</script>
</body>
</html>
`;
  return page.text;
}

function summary(certificates: readonly CertificateStatus[], unwell: number): string {
  const { length } = certificates;
  if (length === 0) return 'no certificates yet';
  const counted = `${length} certificate${length === 1 ? '' : 's'}`;
  if (unwell > 0) return `${unwell} of ${counted} not well`;
  const idle = certificates.filter(({ health }) => health !== 'ok').length;
  return `${counted}, all well${idle === 0 ? '' : `, ${idle} without a renewal file`}`;
}

/** Nothing may be loaded or sent; only our script and style run. */
function policy(): string {
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  return `default-src 'none'; script-src ${hash(SCRIPT)}; style-src ${hash(STYLE)}; base-uri 'none'; form-action 'none'`;
}
