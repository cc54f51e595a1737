/** The answers of a function to what it was last asked, by a text; the oldest goes when there are `most`. */
export function remembering<T>(most: number, answer: (text: string) => T): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined) return found;
    const given = answer(text);
    if (known.size >= most) known.delete(known.keys().next().value ?? '');
    known.set(text, given);
    return given;
  };
}
