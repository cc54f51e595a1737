import { describe, expect, it } from 'vitest';
import { findMutants } from '../../../tools/mutants/find-mutants.ts';
import { instrument } from '../../../tools/mutants/instrument.ts';
import { whatOf } from '../../../tools/mutants/table.ts';

const FILE = 'lib/example.ts';
const changesOf = (text: string) => findMutants(FILE, text).map(whatOf);

describe('mutants', () => {
  it.each([
    ['if (a) f();', ['condition: a -> false', 'condition: a -> true']],
    ['if (a) { f(); }', ['condition: a -> false', 'condition: a -> true', 'left out: f(); -> nothing']],
    ['while (a) { b++; }', ['condition: a -> false', 'left out: b++; -> nothing']],
    ['x(a && b);', ['logical: a && b -> a', 'logical: a && b -> b']],
    ['x(a ?? b);', ['fallback: a ?? b -> a', 'fallback: a ?? b -> b']],
    ['x(a <= b);', ['boundary: a <= b -> a < b', 'comparison: a <= b -> a > b']],
    ['x(a === b);', ['comparison: a === b -> a !== b']],
    ['x(!a);', ['negation: !a -> a']],
    ['x(a - 2);', ['arithmetic: a - 2 -> a + 2', 'number: 2 -> 4']],
    ["x('a' + b);", ["text: 'a' -> ''"]],
    ['x(/^a$/);', [`anchor: /^a$/ -> new RegExp("a$", '')`, `anchor: /^a$/ -> new RegExp("^a", '')`]],
    ['x({ a, b });', ['member: a -> nothing', 'member: b -> nothing']],
    ['x([a, ...b]);', ['element: a -> nothing', 'element: ...b -> nothing']],
    ['x(a?.b.c());', ['optional: a?.b.c() -> a.b.c()']],
    ['x(a.filter(b));', ['method: a.filter(b) -> a']],
    ['function f() { return a; }', ['result: a -> undefined']],
    ['const f = () => g();', ['result: g() -> undefined']],
    ['if (a) { b(); throw c; }', expect.arrayContaining(['left out: throw c; -> nothing'])],
  ])('of %s', (text, changes) => {
    const rest = changesOf(text).filter((change) => !/^left out: x\(.*\); -> nothing$/.test(change));
    expect(rest).toEqual(changes);
  });

  it('are none of names, types and addresses of modules', () => {
    const text = "import a from 'a';\ntype B = 'b' | 1;\nconst { c } = a as { c: 'c' };\nexport { c };";
    expect(changesOf(text)).toEqual([]);
  });

  it('of a file that cannot be parsed are an error that names it', () => {
    expect(() => findMutants(FILE, 'if (')).toThrow(FILE);
  });
});

describe('the code with its mutants', () => {
  const text = `const read = (a, list = [1, 2]) => {
  const seen = [];
  if (a?.b.c() && list.length > 0) seen.push({ a: 'x', ...{ n: list[0] } });
  if (list.length > 1) seen.push(1);
  else if (list.length > 0) seen.push(2);
  else seen.push(3);
  return seen;
};
return [read({ b: { c: () => true } }), read(undefined), read({ b: { c: () => false } }, [])];`;
  const mutants = findMutants('x.cjs', text);

  function run(active: number): unknown {
    const made = new Function('$m', instrument(text, mutants, 100));
    return made((id: number) => id === active);
  }

  it('does the same while none is active', () => {
    expect(run(-1)).toEqual([[{ a: 'x', n: 1 }, 1], [1], [3]]);
    expect(mutants.length).toBeGreaterThan(15);
  });

  it.each(mutants.map((mutant, at) => [whatOf(mutant), mutant, at] as const))(
    'does as if it were written so: %s',
    (_, { start, end, place, replacement }, at) => {
      const rest = text.slice(end);
      const after = place === 'member' || place === 'element' ? rest.replace(/^\s*,/, '') : rest;
      const planted = text.slice(0, start) + (place === 'statement' ? ';' : replacement) + after;
      const result = (made: () => unknown) => {
        try {
          return made();
        } catch (error) {
          return String(error);
        }
      };
      expect(result(() => run(100 + at))).toEqual(result(() => new Function(planted)()));
    },
  );
});
