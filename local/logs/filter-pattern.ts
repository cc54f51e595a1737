/**
 * A filter pattern of terms, as CloudWatch takes it (CloudWatch Logs user guide, "Filter pattern syntax for metric filters …"):
 * every term has to stand in a line, letter by letter; one with more than letters and digits stands in quotes. `undefined` for
 * the patterns of JSON, of columns, of regular expressions, and of terms that may or must not stand there, which are not read here.
 */
export function parseTerms(pattern: string): string[] | undefined {
  const terms: string[] = [];
  let rest = pattern.trim();
  while (rest !== '') {
    const [whole, quoted, plain] = /^(?:"((?:[^"\\]|\\.)+)"|(\w+))(?:\s+|$)/.exec(rest) ?? [];
    if (whole === undefined) return undefined;
    terms.push(quoted?.replace(/\\(.)/g, '$1') ?? plain ?? '');
    rest = rest.slice(whole.length);
  }
  return terms;
}
