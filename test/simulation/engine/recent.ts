/**
 * The answers of a function to what it was last asked, by a text: at least the last `most`, and at most twice as many. What is
 * asked for again stays.
 */
export function remembering<T>(most: number, answer: (text: string) => T): (text: string) => T {
  let young = new Map<string, T>();
  let old = new Map<string, T>();
  return (text) => {
    const known = young.get(text);
    if (known !== undefined) return known;
    const given = old.get(text) ?? answer(text);
    if (young.size >= most) {
      old = young;
      young = new Map();
    }
    young.set(text, given);
    return given;
  };
}
