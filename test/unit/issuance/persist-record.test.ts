import { expect, it } from 'vitest';
import { complaintAboutPersist, persistValue } from '../../../lib/issuance/dns/rules/persist-record.ts';

const NOW = new Date('2026-11-20T02:00:00Z');
const US = 'ca.test; accounturi=https://ca.test/account/1';
const judge = (values: string[], wildcard = false) =>
  complaintAboutPersist(
    values,
    { identity: 'ca.test', accountUri: 'https://ca.test/account/1', wildcard },
    NOW,
  );

it.each<[string, string[], RegExp | undefined]>([
  ['is there', [US], undefined],
  ['stands beside others', ['v=spf1', 'other.test; accounturi=https://other.test/1', US], undefined],
  ['has tags in other letters, and space', ['ca.test ;AccountURI = https://ca.test/account/1'], undefined],
  ['stands beside one of another account', ['ca.test; accounturi=https://ca.test/account/2', US], undefined],
  ['holds longer', [`${US}; persistUntil=1795140001`], undefined],
  ['is not there', [], /nothing stands there/],
  [
    'is for another CA',
    ['other.test; accounturi=https://ca.test/account/1'],
    /no value there is for ca.test/,
  ],
  ['is for another account', ['ca.test; accounturi=https://ca.test/account/12'], /another account/],
  ['has no account', ['ca.test'], /another account/],
  ['is past', [`${US}; persistUntil=1763600000`], /persistUntil there is past/],
  ['ends at no time', [`${US}; persistUntil=soon`], /no time in seconds/],
  ['has a semicolon at its end', [`${US};`], /cannot be read/],
  ['says a thing twice', [`${US}; accounturi=https://ca.test/account/1`], /one twice/],
])('a standing record that %s', (_, values, expected) => {
  const complaint = judge(values);
  if (expected) expect(complaint).toMatch(expected);
  else expect(complaint).toBeUndefined();
});

it('a wildcard needs policy=wildcard', () => {
  expect(judge([US], true)).toMatch(/policy=wildcard/);
  expect(judge([`${US}; policy=other`], true)).toMatch(/policy=wildcard/);
  expect(judge([`${US}; policy=WildCard`], true)).toBeUndefined();
});

it.each([true, false])('what is told to be put there is enough (wildcard: %s)', (wildcard) => {
  const wish = { identity: 'ca.test', accountUri: 'https://ca.test/account/1', wildcard };
  expect(judge([persistValue(wish)], wildcard)).toBeUndefined();
});
