/** Colours of GitHub's pages, by the reader's colour scheme. */
export const COLOURS = `svg{--text:#1f2328;--quiet:#59636e;--line:#818b98;--box:#f6f8fa;--own:#1a7f37;--paper:#ffffff}
@media(prefers-color-scheme:dark){svg{--text:#f0f6fc;--quiet:#9198a1;--line:#656c76;--box:#151b23;--own:#3fb950;--paper:#0d1117}}`;

export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** A whole document; `title` is what a screen reader says. */
export function svgOf(size: { width: number; height: number }, title: string, parts: readonly string[]) {
  const { width, height } = size;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    ...parts,
    '</svg>\n',
  ].join('\n');
}
