/** A fault planted in the code. */
export interface Mutant extends Planted {
  name: string;
  /** What else would prevent the same, in other files. */
  besides?: readonly Planted[];
}

interface Planted {
  file: string;
  /** What stands there, each once, and what takes its place. */
  edits: readonly (readonly [from: string, to: string])[];
}

export const filesOf = ({ file, edits, besides = [] }: Mutant): readonly Planted[] => [
  { file, edits },
  ...besides,
];

/** The file's text with the fault; throws where the code has changed and the fault is to be planted anew. */
export function mutated(text: string, { file, edits }: Planted): string {
  return edits.reduce((before, [from, to]) => {
    if (before.split(from).length !== 2)
      throw new Error(`${file}: ${JSON.stringify(from)} does not stand there once`);
    return before.replace(from, () => to);
  }, text);
}

/** What a copy for a fault needs of the project. */
export const PARTS = ['lib', 'test/simulation', 'test/fakes', 'package.json', 'tsconfig.json'];
