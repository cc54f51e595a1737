import { describe, expect, it } from 'vitest';
import { isHeldUp, settledOf } from '../../../cli/commands/renew.ts';
import { type Followed, followRenewal } from '../../../cli/follow/follow.ts';
import { type HostsEnd, hostsEnd } from '../../../cli/follow/settled.ts';
import { followAll, followedAnswer } from '../../../cli/follow/show.ts';
import type { PlannedCertificate } from '../../../lib/scan/rules/plan.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';

const host = (outcome: string, group = 'web') => ({ instanceId: 'i-00000001', group, outcome });
const planned = (action: string, reason: string, more: object = {}) =>
  ({ name: 'a', action, reason, until: '2027-01-19T00:00:00Z', ...more }) as PlannedCertificate;
const plain = { force: false, ignoreBudget: false };
const forced = { force: true, ignoreBudget: false };
const followed = (outcome: Followed['outcome']): Followed => ({ name: 'a', outcome, message: '', hosts: [] });

describe('what came of the hosts', () => {
  it.each<[string, string[], ReturnType<typeof host>[], HostsEnd]>([
    ['none is wanted', [], [], 'no-hosts-wanted'],
    ['none carries the tag', ['web'], [], 'no-hosts'],
    ['one serves it', ['web'], [host('served')], 'served'],
    ['one had it', ['web'], [host('unchanged')], 'served'],
    ['one serves it and one is off', ['web'], [host('served'), host('offline')], 'served'],
    ['all are off', ['web'], [host('offline'), host('offline')], 'offline'],
    ['it is installed, and nothing serves it', ['web'], [host('installed-not-served')], 'not-served'],
    [
      'nothing serves it, and one is off',
      ['web'],
      [host('installed-not-served'), host('offline')],
      'not-served',
    ],
    ['one rolled back', ['web'], [host('served'), host('rolled-back')], 'failed'],
    ['one was left alone', ['web'], [host('failed'), host('left-alone')], 'failed'],
    ['one has not reported yet', ['web'], [host('served'), host('waiting')], 'unfinished'],
    ['one of two groups has none', ['web', 'api'], [host('served')], 'no-hosts'],
    ['one of two groups is off', ['web', 'api'], [host('served'), host('offline', 'api')], 'offline'],
    ['both groups serve it', ['web', 'api'], [host('served'), host('served', 'api')], 'served'],
    ['a host reports what nobody knows', ['web'], [host('perhaps')], 'not-served'],
  ])('where %s', (_, groups, outcomes, end) => {
    expect(hostsEnd(groups, outcomes)).toBe(end);
  });
});

describe('what came of a certificate that is not renewed', () => {
  it.each<[string, PlannedCertificate, typeof plain, string, RegExp]>([
    [
      'it is not due',
      planned('wait', 'not-due'),
      plain,
      'not-due',
      /until 2027-01-19; --force renews it anyway/,
    ],
    [
      'it backs off',
      planned('wait', 'backing-off'),
      plain,
      'waits',
      /backing-off until.*; --force tries it at once/,
    ],
    [
      'its budget is spent',
      planned('wait', 'budget-spent', { message: '5 in 7 days' }),
      forced,
      'waits',
      /5 in 7 days; --force --ignore-budget/,
    ],
    [
      'its budget is spent, and that was to be ignored',
      planned('wait', 'ca-limited', { message: 'the CA says so' }),
      { force: true, ignoreBudget: true },
      'waits',
      /the CA says so$/,
    ],
    [
      'its file is refused',
      planned('reject', 'no-hosted-zone', { message: 'no zone; create one' }),
      forced,
      'rejected',
      /^no zone; create one$/,
    ],
    ['it has no file', planned('leave', 'retired'), forced, 'rejected', /no renewal file \(retired\)/],
    [
      'only a repair is due, and it was forced',
      planned('mend', 'hosts-changed'),
      forced,
      'waits',
      /hosts-changed/,
    ],
    [
      'a repair is made, and its renewal backs off',
      planned('mend', 'hosts-changed', { heldUp: 'names-changed' }),
      plain,
      'waits',
      /^hosts-changed is mended, and the renewal \(names-changed\) waits$/,
    ],
    [
      'it is revoked for good',
      planned('wait', 'not-due', { revoked: { version: 'v1', reason: 'cessationOfOperation' } }),
      plain,
      'revoked',
      /v1 is revoked \(cessationOfOperation\), and nothing replaces it; --force renews it anyway$/,
    ],
    [
      'the orders of this check are all given',
      planned('wait', 'orders-per-run'),
      plain,
      'waits',
      /^orders-per-run until 2027-01-19T00:00Z$/,
    ],
  ])('where %s', (_, certificate, how, outcome, message) => {
    expect(settledOf(certificate, how)).toMatchObject({ outcome, message: expect.stringMatching(message) });
  });
});

it.each<[string, PlannedCertificate, boolean]>([
  ['not due', planned('wait', 'not-due'), false],
  ['not renewed any more', planned('leave', 'retired'), false],
  ['only repaired', planned('mend', 'hosts-changed'), false],
  ['repaired, while its renewal waits', planned('mend', 'hosts-changed', { heldUp: 'expires-soon' }), true],
  ['backing off', planned('wait', 'backing-off'), true],
  ['limited by the CA', planned('wait', 'ca-limited'), true],
  ['over our own budget', planned('wait', 'budget-spent'), true],
  ['for a later check', planned('wait', 'orders-per-run'), true],
  ['rejected', planned('reject', 'no-hosted-zone'), true],
  [
    'revoked for good',
    planned('wait', 'not-due', { revoked: { version: 'v1', reason: 'superseded' } }),
    true,
  ],
])('who asks for all that is due hears of what is %s', (_, certificate, isTold) => {
  expect(isHeldUp(certificate)).toBe(isTold);
});

describe('an answer', () => {
  it.each<[Followed['outcome'], boolean]>([
    ['renewed', true],
    ['deployed', true],
    ['not-due', true],
    ['failed', false],
    ['rejected', false],
    ['revoked', false],
    ['no-hosts', false],
    ['offline', false],
    ['not-served', false],
    ['nothing-to-deploy', false],
    ['unfinished', false],
    ['interrupted', false],
    ['waits', false],
  ])('of one that is %s is well: %s', (outcome, ok) => {
    const answer = followedAnswer('renew', [followed('renewed'), followed(outcome)]);
    expect(answer.ok).toBe(ok);
    const counts =
      outcome === 'not-due' ? '1 done, 1 not due, 0 not' : ok ? '2 done, 0 not' : '1 done, 1 not';
    expect(answer.text).toContain(`renew: ${counts}`);
  });
});

it('whoever interrupts the wait hears at once that the stack goes on', async () => {
  const deps = { store: new MemoryStore(), region: 'eu-central-1', inGroup: async () => [] };
  const before = { version: undefined, failedAt: undefined, reportedAt: new Map<string, string>() };
  const began = performance.now();
  const waiting = followAll(
    ['a', 'b'],
    (name, watch) => followRenewal(deps, name, { before, deadline: began + 60_000, ...watch }),
    { silent: true },
  );
  setTimeout(() => process.emit('SIGINT'), 50);
  const message = expect.stringContaining('the stack goes on');
  await expect(waiting).resolves.toMatchObject([
    { name: 'a', outcome: 'interrupted', message },
    { name: 'b', outcome: 'interrupted', message },
  ]);
  expect(performance.now() - began).toBeLessThan(10_000);
  expect(process.listenerCount('SIGINT')).toBe(0);
});
