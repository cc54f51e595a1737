/** A String parameter of an SSM document takes 4,096 characters. */
const MAX_LENGTH = 4_000;
/** Their results fit the 24,000 characters of output that Run Command keeps, if need be with messages cut short. */
const MAX_NAMES = 60;

/** Splits certificate names into parts that each fit one command. */
export function splitNames(names: readonly string[]): string[][] {
  const parts: string[][] = [];
  let length = 0;
  for (const name of names) {
    const part = parts.at(-1);
    if (part && part.length < MAX_NAMES && length + 1 + name.length <= MAX_LENGTH) {
      part.push(name);
      length += 1 + name.length;
    } else {
      parts.push([name]);
      length = name.length;
    }
  }
  return parts;
}
