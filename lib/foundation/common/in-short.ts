/** The first texts of several, and the number of the others. */
export function inShort(texts: readonly string[], most: number, separator = ', '): string {
  const more = texts.length > most ? ` and ${texts.length - most} more` : '';
  return `${texts.slice(0, most).join(separator)}${more}`;
}
