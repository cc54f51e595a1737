import { createRequire } from 'node:module';
import { expect, it } from 'vitest';

const require = createRequire(import.meta.url);
const ofServerless = createRequire(require.resolve('serverless/package.json'));
const { stringify } = ofServerless('json-cycle');
const quicker = require('../../../local/bundles/without-cycles.cjs');

const shared = { Ref: 'Bucket' };
const round: Record<string, unknown> = { shared, list: [shared, [], {}, null], 'a "name"': { shared } };
round.itself = round;

it.each([
  ['objects that are there twice, and within themselves', round],
  ['a list of itself', [round, [round]]],
  ['dates', { at: new Date(0), same: [new Date(0)] }],
  ['what JSON has not', { nothing: undefined, list: [undefined, () => 1], call: () => 1, no: null }],
  ['what writes itself', { toJSON: () => ({ shared, again: [shared] }) }],
  ['a word', 'word'],
  ['nothing', null],
])('JSON of %s is that of json-cycle', (_, value) => {
  expect(quicker(value, null, 2)).toBe(stringify(value, null, 2));
});
