import fc from 'fast-check';

const HOSTILE = [
  null,
  true,
  -1,
  0,
  1e308,
  '',
  ' ',
  '*',
  '../../etc/passwd',
  '$(reboot)',
  '`id`; rm -rf /',
  'a\nb\r\n\0',
  'é\u202e',
  'x'.repeat(5000),
  '9999-99-99T99:99:99Z',
  'https://',
  '__proto__',
  [],
  {},
  [[[]]],
];

const anyValue = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...HOSTILE) },
  fc.jsonValue({ maxDepth: 2 }),
);

/** One place of a value, as a path of keys, and what happens there. */
interface Change {
  at: number;
  kind: 'replace' | 'remove' | 'add' | 'double';
  value: unknown;
  key: string;
}

const change: fc.Arbitrary<Change> = fc.record({
  at: fc.nat(60),
  kind: fc.constantFrom('replace', 'remove', 'add', 'double'),
  value: anyValue,
  key: fc.oneof(
    fc.constantFrom('__proto__', 'constructor', 'names', 'toString', ''),
    fc.string({ maxLength: 8 }),
  ),
});

/** Values like a valid one: unchanged, or with some of their places replaced, removed, doubled or added to. */
export function mutatedValue(valid: readonly unknown[]): fc.Arbitrary<unknown> {
  const changed = fc
    .tuple(fc.constantFrom(...valid), fc.array(change, { maxLength: 4 }))
    .map(([value, changes]) => changes.reduce<unknown>(mutate, structuredClone(value)));
  return fc.oneof({ weight: 9, arbitrary: changed }, anyValue);
}

function mutate(root: unknown, { at, kind, key, value: given }: Change): unknown {
  const value = structuredClone(given);
  const holder = { root };
  const places = placesIn(holder);
  const place = places[at % places.length];
  if (!place) return root;
  const { parent, name } = place;
  if (kind === 'replace') parent[name] = value;
  else if (kind === 'remove') delete parent[name];
  else {
    const inner = parent[name];
    if (Array.isArray(inner)) inner.push(kind === 'double' ? inner[0] : value);
    else if (isObject(inner))
      Object.defineProperty(inner, key, { value, enumerable: true, writable: true, configurable: true });
  }
  return holder.root;
}

function placesIn(value: Record<string, unknown>): { parent: Record<string, unknown>; name: string }[] {
  return Object.keys(value).flatMap((name) => {
    const inner = value[name];
    return [{ parent: value, name }, ...(isObject(inner) ? placesIn(inner) : [])];
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

/** Texts like a valid one: unchanged, cut, doubled, or with some of their characters replaced. */
export function mutatedText(valid: readonly string[]): fc.Arbitrary<string> {
  const edit = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat(20),
    text: fc.oneof(
      fc.constant(''),
      fc.string({ maxLength: 10 }),
      fc.constantFrom('\0', '\n', '"', '{', '-----', '=', '\\u'),
    ),
  });
  const changed = fc
    .tuple(fc.constantFrom(...valid), fc.array(edit, { maxLength: 3 }), fc.constantFrom('', 'cut', 'double'))
    .map(([text, edits, how]) => {
      const edited = edits.reduce((before, { at, length, text: piece }) => {
        const from = Math.floor(at * before.length);
        return before.slice(0, from) + piece + before.slice(from + length);
      }, text);
      if (how === 'cut') return edited.slice(0, Math.floor(edited.length / 2));
      return how === 'double' ? edited + edited : edited;
    });
  return fc.oneof({ weight: 9, arbitrary: changed }, fc.string({ maxLength: 200 }));
}

/** JSON texts of mutated values, and mutated texts of valid values. */
export function mutatedJson(valid: readonly unknown[]): fc.Arbitrary<string> {
  return fc.oneof(
    mutatedValue(valid).map((value) => JSON.stringify(value) ?? ''),
    mutatedText(valid.map((value) => JSON.stringify(value))),
  );
}
