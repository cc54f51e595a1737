/** Orders texts by their code units, so alike on every machine: below 0, 0 or above. */
export function compareTexts(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}
