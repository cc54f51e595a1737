import type { Node } from 'oxc-parser';
import { type Change, isTest, type Operator, type Site } from '../mutant.ts';

const BOUNDARY = new Map(Object.entries({ '<': '<=', '<=': '<', '>': '>=', '>=': '>' }));
const OPPOSITE = new Map(
  Object.entries({ '<': '>=', '<=': '>', '>': '<=', '>=': '<', '===': '!==', '!==': '===' }),
);

/** What decides becomes `true` and `false`; a loop only ends at once, as one without end tells nothing more. */
const alwaysOrNever: Operator = (site) => {
  const { node, parent } = site;
  if (!isTest(site) || node.type === 'Literal') return [];
  const never = { operator: 'condition', replacement: 'false' };
  const isLoop = parent.type !== 'IfStatement' && parent.type !== 'ConditionalExpression';
  return isLoop ? [never] : [never, { operator: 'condition', replacement: 'true' }];
};

/** Each side of `&&`, `||` and `??` without the other. */
const oneSide: Operator = ({ node, textOf }) => {
  if (node.type !== 'LogicalExpression') return [];
  const operator = node.operator === '??' ? 'fallback' : 'logical';
  return [node.left, node.right].map((side) => ({ operator, replacement: textOf(side) }));
};

const comparison: Operator = (site) => {
  const { node, textOf } = site;
  if (node.type !== 'BinaryExpression') return [];
  const changes: Change[] = [];
  const write = (operator: string, word: string | undefined) => {
    if (word === undefined) return;
    changes.push({ operator, replacement: `${textOf(node.left)} ${word} ${textOf(node.right)}` });
  };
  write('boundary', BOUNDARY.get(node.operator));
  if (!isDecided(site)) write('comparison', OPPOSITE.get(node.operator));
  return changes;
};

const negation: Operator = (site) => {
  const { node, textOf } = site;
  if (node.type !== 'UnaryExpression' || node.operator !== '!' || isDecided(site)) return [];
  return [{ operator: 'negation', replacement: textOf(node.argument) }];
};

const truth: Operator = ({ node }) => {
  if (node.type !== 'Literal' || typeof node.value !== 'boolean') return [];
  return [{ operator: 'truth', replacement: String(!node.value) }];
};

/** `a?.b` and `a?.()` where `a` is there. */
const optionalMember: Operator = ({ node, textOf }) => {
  if (node.type !== 'MemberExpression' && node.type !== 'CallExpression') return [];
  if (!node.optional) return [];
  const before: Node = node.type === 'MemberExpression' ? node.object : node.callee;
  const rest = textOf(node).slice(textOf(before).length);
  const replacement = textOf(before) + rest.replace(/\?\.(?=[[(])/, '').replace(/^\?\./, '.');
  return [{ operator: 'optional', replacement }];
};

/** Whether `true`, `false` or the other side of an operator says as much as the opposite would. */
function isDecided(site: Site): boolean {
  const { parent } = site;
  return isTest(site) || (parent.type === 'LogicalExpression' && parent.operator !== '??');
}

export const CONDITIONS: readonly Operator[] = [
  alwaysOrNever,
  oneSide,
  comparison,
  negation,
  truth,
  optionalMember,
];
