import type { Node } from 'oxc-parser';
import type { Change, Operator } from '../mutant.ts';

/** Methods whose result may stand for their subject. */
const LEFT_OUT = new Set(
  'filter slice sort toSorted reverse toReversed trim trimEnd toLowerCase toUpperCase replace replaceAll'.split(
    ' ',
  ),
);
const OTHER_METHOD = new Map(
  Object.entries({
    some: 'every',
    every: 'some',
    startsWith: 'endsWith',
    endsWith: 'startsWith',
    min: 'max',
    max: 'min',
  }),
);

/** A call, an assignment or a `throw` that is not made. */
const leftOut: Operator = ({ node, parent }) => {
  if (node.type !== 'ThrowStatement' && node.type !== 'ExpressionStatement') return [];
  if (isOnlyStep(node, parent)) return [];
  const said = node.type === 'ThrowStatement' ? undefined : node.expression;
  if (said?.type === 'Literal' || (said?.type === 'CallExpression' && said.callee.type === 'Super'))
    return [];
  return [{ operator: 'left out', replacement: '', place: 'statement' }];
};

/** All that a condition leads to: without it is as with the condition `false`. */
function isOnlyStep(node: Node, parent: Node): boolean {
  return parent.type === 'IfStatement' && parent.consequent === node && !parent.alternate;
}

const method: Operator = ({ node, textOf }) => {
  if (node.type !== 'CallExpression' || node.callee.type !== 'MemberExpression') return [];
  const { object, property, computed } = node.callee;
  if (computed || property.type !== 'Identifier') return [];
  const changes: Change[] = [];
  if (LEFT_OUT.has(property.name)) changes.push({ operator: 'method', replacement: textOf(object) });
  const other = OTHER_METHOD.get(property.name);
  if (other !== undefined) {
    const callee = textOf(node.callee).slice(0, -property.name.length) + other;
    changes.push({
      operator: 'method',
      replacement: callee + textOf(node).slice(textOf(node.callee).length),
    });
  }
  return changes;
};

/** Nothing in the place of what a function returns. */
const returned: Operator = ({ node }) => {
  const value =
    node.type === 'ReturnStatement'
      ? node.argument
      : node.type === 'ArrowFunctionExpression' && isCall(node.body)
        ? node.body
        : undefined;
  if (!value || value.type === 'Literal') return [];
  if (value.type === 'Identifier' && value.name === 'undefined') return [];
  return [{ operator: 'result', replacement: 'undefined', node: value }];
};

function isCall(node: Node): boolean {
  return node.type === 'CallExpression' || node.type === 'AwaitExpression';
}

export const STEPS: readonly Operator[] = [leftOut, method, returned];
