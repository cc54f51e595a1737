import { type Node, type Program, parseSync, visitorKeys } from 'oxc-parser';
import type { Change, Mutant, Operator, Site } from './mutant.ts';
import { CONDITIONS } from './operators/conditions.ts';
import { STEPS } from './operators/steps.ts';
import { VALUES } from './operators/values.ts';

const OPERATORS: readonly Operator[] = [...CONDITIONS, ...STEPS, ...VALUES];
/** Names, addresses of modules and types: nothing of them runs. */
const NOT_CODE = new Set([
  'ImportDeclaration',
  'ExportAllDeclaration',
  'ImportAttribute',
  'ImportExpression',
  'ObjectPattern',
]);
const TYPES_THAT_RUN = new Set(['TSAsExpression', 'TSSatisfiesExpression', 'TSNonNullExpression']);

/** All that is tried in a file; the text is TypeScript or CommonJS. Throws Error where it cannot be parsed. */
export function findMutants(file: string, text: string): Mutant[] {
  const found: Mutant[] = [];
  const textOf = (node: Node) => text.slice(node.start, node.end);
  const { program, errors } = parseSync(file, text, {
    sourceType: file.endsWith('.cjs') ? 'commonjs' : 'module',
  });
  if (errors[0]) throw new Error(`${file}: ${errors[0].message}`);
  const add = (change: Change, asked: Node, around: readonly Node[]) => {
    const { node, replacement } = widened({ ...change, node: change.node ?? asked }, around, text);
    const { start, end } = node;
    const original = text.slice(start, end);
    if (original === replacement) return;
    const { operator, place = 'expression' } = change;
    found.push({ file, start, end, ...lineOf(text, start), operator, original, replacement, place });
  };
  walk(program, [], (site, around) => {
    for (const operator of OPERATORS)
      for (const change of operator({ ...site, textOf })) add(change, site.node, around);
  });
  return found;
}

type Visit = (site: Omit<Site, 'textOf'>, around: readonly Node[]) => void;

function walk(node: Node | Program, around: readonly Node[], visit: Visit): void {
  const inside = [node as Node, ...around];
  for (const key of keysOf(node as Node)) {
    const value = (node as unknown as Record<string, unknown>)[key];
    for (const child of (Array.isArray(value) ? value : [value]) as (Node | null | undefined)[]) {
      if (!child || !runs(child)) continue;
      visit({ node: child, parent: node as Node, key }, inside);
      walk(child, inside, visit);
    }
  }
}

function runs({ type }: Node): boolean {
  return !NOT_CODE.has(type) && (!type.startsWith('TS') || TYPES_THAT_RUN.has(type));
}

function keysOf(node: Node): readonly string[] {
  const keys = visitorKeys[node.type] ?? [];
  const isNamed = 'key' in node && 'computed' in node && !node.computed;
  return isNamed ? keys.filter((key) => key !== 'key') : keys;
}

/**
 * Within `a?.b.c()` no part can be put in parentheses without changing what `?.` leaves out, so the whole is replaced, as is a
 * method that is called, which would lose its object.
 */
function widened({ node, replacement }: Change & { node: Node }, around: readonly Node[], text: string) {
  let within = node;
  let chain: Node | undefined;
  for (const outer of around) {
    if (outer === node) continue;
    const goesOn =
      (outer.type === 'MemberExpression' && outer.object === within) ||
      (outer.type === 'CallExpression' && outer.callee === within) ||
      outer.type === 'TSNonNullExpression';
    if (outer.type === 'ChainExpression' && outer.expression === within) chain = outer;
    if (!goesOn) break;
    within = outer;
  }
  if (!chain) return { node, replacement };
  return {
    node: chain,
    replacement: text.slice(chain.start, node.start) + replacement + text.slice(node.end, chain.end),
  };
}

function lineOf(text: string, offset: number): { line: number; code: string } {
  const line = text.slice(0, offset).split('\n').length;
  return { line, code: text.split('\n')[line - 1]?.trim() ?? '' };
}
