/** A row of docs/reference/renewal-file.md. */
export interface Row {
  meaning: string;
  default: string;
}

const ROW = /^\| `([^`]+)` \| (.*) \| (.*) \|$/;

/** The rows below `| key | meaning | default |`, by key, as Markdown. */
export function tableOfKeys(page: string): Map<string, Row> {
  const [, below = ''] = page.split('| key | meaning | default |\n| --- | --- | --- |\n');
  const [table = ''] = below.split('\n\n');
  return new Map(
    table.split('\n').map((line) => {
      const [, key = '', meaning = '', byDefault = ''] = ROW.exec(line) ?? [];
      return [key, { meaning, default: byDefault }];
    }),
  );
}

/** What an editor shows: the row without its Markdown. */
export function descriptionOf({ meaning, default: byDefault }: Row): string {
  return `${plain(meaning)} (${byDefault === 'required' ? 'required' : `default: ${plain(byDefault)}`})`;
}

function plain(markdown: string): string {
  return markdown.replace(/\[([^\]]+)\]\([^)]*\)/g, '$1').replaceAll('`', '');
}
