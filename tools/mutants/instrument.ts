import type { Mutant } from './mutant.ts';

/**
 * The text with all its mutants, of which one at most is active when it runs: `$m(id)` says whether it is this one
 * (mutant schemata). An id is `first` and the mutant's place in the list.
 */
export function instrument(text: string, mutants: readonly Mutant[], first: number): string {
  const ranges = new Map<string, { mutant: Mutant; ids: number[] }>();
  mutants.forEach((mutant, index) => {
    const key = `${mutant.start} ${mutant.end} ${mutant.place}`;
    const range = ranges.get(key) ?? { mutant, ids: [] };
    range.ids.push(index);
    ranges.set(key, range);
  });
  const insertions = [...ranges.values()].flatMap(({ mutant, ids }) => {
    const [before, after] = frame(mutant, ids, { mutants, first });
    const { start, end, place } = mutant;
    // What is longer stands outside; of the same length, what stands in the place of a statement or a member does.
    const size = end - start + (place === 'expression' ? 0 : 0.5);
    return [
      { at: start, order: -size, text: before, opens: true },
      { at: end, order: size, text: after, opens: false },
    ];
  });
  insertions.sort((a, b) => a.at - b.at || Number(a.opens) - Number(b.opens) || a.order - b.order);
  let at = 0;
  let written = '';
  for (const one of insertions) {
    written += text.slice(at, one.at) + one.text;
    at = one.at;
  }
  return written + text.slice(at);
}

function frame(
  { place }: Mutant,
  indexes: readonly number[],
  { mutants, first }: { mutants: readonly Mutant[]; first: number },
): [before: string, after: string] {
  const active = indexes.map((index) => `$m(${first + index})`);
  // In braces, or the `else` behind a statement would be that of this `if`.
  if (place === 'statement') return [`{if(!(${active.join('||')})){`, '}}'];
  if (place === 'member') return [`...(${active.join('||')}?{}:{`, '})'];
  if (place === 'element') return [`...(${active.join('||')}?[]:[`, '])'];
  const choices = indexes.map((index, nth) => `${active[nth]}?(${mutants[index]?.replacement}):`);
  return [`(${choices.join('')}(`, '))'];
}
