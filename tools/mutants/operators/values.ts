import type { Node } from 'oxc-parser';
import type { Change, Operator } from '../mutant.ts';

const ARITHMETIC = new Map(Object.entries({ '+': '-', '-': '+', '*': '/', '/': '*', '%': '*' }));
const ASSIGNMENT = new Map(Object.entries({ '+=': '-=', '-=': '+=', '*=': '/=', '/=': '*=' }));
/** Longer lists are tables: they are emptied, not gone through. */
const LONGEST_LIST = 12;

const arithmetic: Operator = ({ node, textOf }) => {
  if (node.type !== 'BinaryExpression' || isText(node.left) || isText(node.right)) return [];
  const word = ARITHMETIC.get(node.operator);
  if (word === undefined) return [];
  return [{ operator: 'arithmetic', replacement: `${textOf(node.left)} ${word} ${textOf(node.right)}` }];
};

function isText(node: Node): boolean {
  if (node.type === 'BinaryExpression') return isText(node.left) || isText(node.right);
  return node.type === 'TemplateLiteral' || (node.type === 'Literal' && typeof node.value === 'string');
}

const assignment: Operator = ({ node, textOf }) => {
  if (node.type !== 'AssignmentExpression') return [];
  const word = ASSIGNMENT.get(node.operator);
  if (word === undefined) return [];
  return [{ operator: 'arithmetic', replacement: `${textOf(node.left)} ${word} ${textOf(node.right)}` }];
};

const number: Operator = ({ node }) => {
  if (node.type !== 'Literal' || typeof node.value !== 'number') return [];
  return [{ operator: 'number', replacement: String(node.value === 0 ? 1 : node.value * 2) }];
};

const text: Operator = ({ node, parent, key, textOf }) => {
  const isLiteral = node.type === 'Literal' && typeof node.value === 'string';
  if (!isLiteral && node.type !== 'TemplateLiteral') return [];
  if (parent.type === 'TaggedTemplateExpression' || key === 'directive') return [];
  // The name of an error's class is shown by Node where nobody catches it.
  if (parent.type === 'PropertyDefinition' && textOf(parent.key) === 'name') return [];
  const isEmpty = textOf(node).length === 2;
  return [{ operator: 'text', replacement: isEmpty ? "'something'" : "''" }];
};

const pattern: Operator = ({ node }) => {
  if (node.type !== 'Literal' || !('regex' in node)) return [];
  const { pattern: source, flags } = node.regex;
  const changes: Change[] = [];
  const write = (other: string) =>
    changes.push({ operator: 'anchor', replacement: `new RegExp(${JSON.stringify(other)}, '${flags}')` });
  if (source.startsWith('^')) write(source.slice(1));
  if (/(^|[^\\])(\\\\)*\$$/.test(source)) write(source.slice(0, -1));
  return changes;
};

/** One member of an object or a list less; of a single one, or of a table, nothing is left. */
const members: Operator = ({ node }) => {
  const without = (one: Node, place: 'member' | 'element') => ({
    operator: place,
    replacement: '',
    node: one,
    place,
  });
  if (node.type === 'ObjectExpression') {
    if (node.properties.length === 0) return [];
    if (node.properties.length === 1) return [{ operator: 'member', replacement: '{}' }];
    const plain = node.properties.filter((one) => one.type === 'SpreadElement' || !one.method);
    return plain.map((one) => without(one, 'member'));
  }
  if (node.type !== 'ArrayExpression' || node.elements.length === 0) return [];
  if (node.elements.length === 1 || node.elements.length > LONGEST_LIST)
    return [{ operator: 'element', replacement: '[]' }];
  return node.elements.flatMap((one) => (one ? without(one, 'element') : []));
};

export const VALUES: readonly Operator[] = [arithmetic, assignment, number, text, pattern, members];
