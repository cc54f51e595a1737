/** Somebody's string, safe to print in one line: what is not plain ASCII shows as its code, so look-alikes do too. */
export function printable(text: string): string {
  return JSON.stringify(text.slice(0, 100))
    .slice(1, -1)
    .replace(/[^\x20-\x7e]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
