import type { CertificateStatus } from '../rules/certificate-status.ts';
import { html, type Markup } from './html.ts';
import { otherNames } from './row.ts';

/** Rows in a document. */
export const PART_SIZE = 1000;

export interface Part {
  /** From 1. */
  number: number;
  of: number;
}

/** Of how many parts the page is, as its first part says. */
export function partsIn(page: string): number {
  return Number(/<html lang="en" data-parts="(\d+)">/.exec(page)?.[1] ?? 1);
}

/** The file of a part, beside the others. */
export const fileOf = (part: number) => (part === 1 ? 'index.html' : `part-${part}.html`);

/** Which part this is, and the links to those beside it; nothing where there is one part. */
export function navigationOf({ number, of }: Part, all: number): Markup {
  if (of === 1) return html``;
  const link = (part: number, rel: string, text: string) =>
    part < 1 || part > of ? html`` : html` <a rel="${rel}" href="${fileOf(part)}">${text}</a>`;
  return html`<nav>Part ${number} of ${of}, certificates ${(number - 1) * PART_SIZE + 1} to ${Math.min(number * PART_SIZE, all)} of ${all}${link(number - 1, 'prev', 'previous')}${link(number + 1, 'next', 'next')}</nav>
`;
}

/** Where the script shows what it found in other parts, or that their links do not work. */
export function elsewhereOf({ of }: Part): Markup {
  if (of === 1) return html``;
  return html`<section id="elsewhere" aria-live="polite" hidden></section>
<p id="alone" hidden>This link opens this part only; "npx --no-install perennial-tls open" gives one to all parts.</p>
`;
}

/** In which part each certificate is, with what is searched of it: its state, its name and its other names. */
export function placesOf(certificates: readonly CertificateStatus[], unwell: number): Markup {
  if (certificates.length <= PART_SIZE) return html``;
  const parts = Array.from({ length: Math.ceil(certificates.length / PART_SIZE) }, (_, index) => {
    const lines = certificates.slice(index * PART_SIZE, (index + 1) * PART_SIZE).map(placeOf);
    return html`<a href="${fileOf(index + 1)}">Part ${index + 1}</a>
<pre>${lines}</pre>
`;
  });
  return html`<details id="all" data-unwell="${unwell}">
<summary>In which part each certificate is</summary>
${parts}</details>
`;
}

/** No value has a tab or a line feed of its own: {@link html} replaces them. */
function placeOf(certificate: CertificateStatus): Markup {
  const { name, health, last } = certificate;
  const state = last?.outcome === 'failed' ? `${health}, ${last.reason}` : health;
  return html`${state}	${name}	${otherNames(certificate)}
`;
}
