import { describe, expect, it } from 'vitest';
import { deploymentsDue, nothingToDeploy } from '../../../cli/follow/deployments-due.ts';
import { type FollowDeps, followDeployment, followRenewal, lookBefore } from '../../../cli/follow/follow.ts';
import { hostOutcomes, leaveAlone } from '../../../cli/follow/settled.ts';
import { pointerText } from '../../../lib/foundation/certificate/live-pointer.ts';
import type { PlannedCertificate } from '../../../lib/scan/rules/plan.ts';
import { makeCa } from '../../fakes/certificates.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { pointerOf } from '../../fakes/pointers.ts';
import { hostGroup } from '../../fakes/stack.ts';
import { archiveVersion } from '../../fakes/stored-certificate.ts';

const EXPIRY = new Date('2027-01-30T00:00:00Z');
const host = (instanceId: string, online = true) => ({ instanceId, group: 'web', online });
const record = (instanceId: string, outcome: string, at: string, version = 'v2') => ({
  instanceId,
  group: 'web',
  lineages: { a: { outcome, at, version, commandId: 'c' } },
});
const before = { version: 'v1', failedAt: undefined, reportedAt: new Map([['i-00000001', 'then']]) };

describe('hostOutcomes', () => {
  it.each([
    ['one that reported nothing new', host('i-00000001'), record('i-00000001', 'served', 'then'), 'waiting'],
    ['one with a new report', host('i-00000001'), record('i-00000001', 'served', 'now'), 'served'],
    ['one with its first report', host('i-00000002'), record('i-00000002', 'failed', 'now'), 'failed'],
    [
      'one that reports the version before',
      host('i-00000001'),
      record('i-00000001', 'served', 'now', 'v1'),
      'waiting',
    ],
    [
      'one that could not install it, and has the version before',
      host('i-00000001'),
      record('i-00000001', 'rolled-back', 'now', 'v1'),
      'rolled-back',
    ],
    [
      'one that has a newer one already',
      host('i-00000001'),
      record('i-00000001', 'served', 'now', 'v3'),
      'served',
    ],
    ['one that is offline', host('i-00000003', false), record('i-00000009', 'served', 'now'), 'offline'],
  ])('of %s', (_, expected, report, outcome) => {
    const records = new Map([[report.instanceId, report]]);
    expect(hostOutcomes([expected], { name: 'a', version: 'v2', records, before })).toMatchObject([
      { outcome },
    ]);
  });

  it('leaves hosts alone only in a group where one failed', () => {
    const outcomes = [
      { instanceId: '1', group: 'web', outcome: 'failed' },
      { instanceId: '2', group: 'web', outcome: 'waiting' },
      { instanceId: '3', group: 'api', outcome: 'waiting' },
    ];
    expect(leaveAlone(outcomes).map(({ outcome }) => outcome)).toEqual(['failed', 'left-alone', 'waiting']);
  });
});

describe('followRenewal', () => {
  const V1 = '20260101T000000Z-0a1b2c';
  const V2 = '20260201T000000Z-0a1b2c';
  const options = { deadline: performance.now() + 60_000, say: () => {} };
  const world = async () => {
    const store = new MemoryStore();
    await store.put('live/a.json', pointerText(pointerOf(EXPIRY, 90, { version: V1 })));
    const deps = { store, region: 'eu-central-1', inGroup: async () => [] };
    const first = (await lookBefore(deps, ['a'])).get('a');
    if (!first) throw new Error('nothing before');
    return { store, deps, first };
  };

  it('ends when the pointer has moved', async () => {
    const { store, deps, first } = await world();
    await store.put('live/a.json', pointerText(pointerOf(EXPIRY, 90, { version: V2 })));
    await expect(followRenewal(deps, 'a', { ...options, before: first })).resolves.toMatchObject({
      outcome: 'renewed',
      version: V2,
    });
  });

  it('ends with a failure that is new', async () => {
    const { store, deps, first } = await world();
    const lastFailure = { at: '2026-11-20T00:00:00Z', reason: 'caa-forbids', message: 'no' };
    await store.put('state/a.json', JSON.stringify({ failures: 1, lastFailure }));
    await expect(followRenewal(deps, 'a', { ...options, before: first })).resolves.toMatchObject({
      outcome: 'failed',
      message: 'caa-forbids: no',
    });
  });

  const at = '2026-11-21T03:04:05.000Z';
  it.each<[string, PlannedCertificate, string, RegExp]>([
    [
      'rejected',
      { name: 'a', action: 'reject', reason: 'renewal-file-invalid', message: 'no zone holds it' },
      'rejected',
      /^no zone/,
    ],
    [
      'limited',
      { name: 'a', action: 'wait', reason: 'ca-limited', until: at, message: 'too many' },
      'waits',
      /^ca-limited until 2026-11-21T03:04Z: too many$/,
    ],
    [
      'spent',
      { name: 'a', action: 'wait', reason: 'budget-spent', until: at, message: 'enough' },
      'waits',
      /enough/,
    ],
    [
      'backing off',
      { name: 'a', action: 'wait', reason: 'backing-off', until: at },
      'waits',
      /^backing-off until .*: caa-forbids: no$/,
    ],
    ['not due', { name: 'a', action: 'wait', reason: 'not-due', until: at }, 'not-due', /until 2026-11-21$/],
    ['repaired only', { name: 'a', action: 'mend', reason: 'hosts-changed' }, 'not-due', /^hosts-changed, /],
  ])('ends at once for what is %s', async (_, planned, outcome, message) => {
    const { store, deps } = await world();
    const lastFailure = { at: '2026-11-20T00:00:00Z', reason: 'caa-forbids', message: 'no' };
    await store.put('state/a.json', JSON.stringify({ failures: 1, lastFailure }));
    const first = (await lookBefore(deps, ['a'])).get('a');
    if (!first) throw new Error('nothing before');
    const began = performance.now();
    await expect(
      followRenewal(deps, 'a', { ...options, before: first, decide: async () => planned }),
    ).resolves.toMatchObject({ outcome, message: expect.stringMatching(message) });
    expect(performance.now() - began).toBeLessThan(2000);
  });

  it('ends with the version that came while scan was asked', async () => {
    const { store, deps, first } = await world();
    const decide = async (name: string): Promise<PlannedCertificate> => {
      await store.put('live/a.json', pointerText(pointerOf(EXPIRY, 90, { version: V2 })));
      return { name, action: 'wait', reason: 'not-due', until: at };
    };
    await expect(followRenewal(deps, 'a', { ...options, before: first, decide })).resolves.toMatchObject({
      outcome: 'renewed',
      version: V2,
    });
  });

  it('goes on while scan would renew, or cannot be asked', async () => {
    const { deps, first } = await world();
    const answers: (PlannedCertificate | undefined)[] = [
      { name: 'a', action: 'renew', reason: 'never-issued', names: ['example.com'] },
      undefined,
    ];
    for (const planned of answers)
      await expect(
        followRenewal(deps, 'a', { ...options, deadline: 0, before: first, decide: async () => planned }),
      ).resolves.toMatchObject({ outcome: 'unfinished' });
  });

  it('ends at the deadline, with what is missing', async () => {
    const { deps, first } = await world();
    await expect(followRenewal(deps, 'a', { ...options, deadline: 0, before: first })).resolves.toMatchObject(
      {
        outcome: 'unfinished',
      },
    );
  });
});

describe('deploymentsDue', () => {
  const certificates = [
    { name: 'a', hosts: ['web'] },
    { name: 'b', hosts: ['web', 'api'] },
    { name: 'c', hosts: [] },
  ];
  it.each([
    [
      'everything',
      [],
      [
        ['web', ['a', 'b']],
        ['api', ['b']],
      ],
    ],
    ['a group', ['web'], [['web', ['a', 'b']]]],
    [
      'a certificate',
      ['b'],
      [
        ['web', ['b']],
        ['api', ['b']],
      ],
    ],
    ['a certificate without hosts', ['c'], []],
  ])('asks for %s', (_, wanted, due) => {
    const found = deploymentsDue(certificates, { wanted, groups: ['web', 'api'] });
    expect(found.map(({ group, names }) => [group, names])).toEqual(due);
  });

  it.each<[string, string[], string[]]>([
    ['nothing named', [], []],
    ['a group and a certificate of it', ['web', 'a'], []],
    ['a certificate without hosts', ['a', 'c'], ['c: no host group is to have it']],
    ['a group without certificates', ['web', 'db', 'db'], ['db: no live certificate names this group']],
  ])('leaves nothing that is named without a word: %s', (_, wanted, told) => {
    const groups = ['web', 'api', 'db'];
    const due = deploymentsDue(certificates, { wanted, groups });
    const idle = nothingToDeploy(wanted, { due, groups });
    expect(idle.map(({ name, message }) => `${name}: ${message}`)).toEqual(told);
  });
});

describe('hosts that are not to be touched now', () => {
  const V1 = '20260101T000000Z-0a1b2c';
  const HOST = 'i-00000001';
  const yesterday = new Date(Date.now() - 86_400_000).toISOString().slice(0, 10);
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
  const frozen = { ...hostGroup('web'), freeze: [`${yesterday}/${tomorrow} UTC`] };
  const nobodyAsks = { before: { ...before, reportedAt: new Map() }, deadline: 0, say: () => {} };

  const world = async (daysLeft = 60) => {
    const store = new MemoryStore();
    const notAfter = new Date(Date.now() + daysLeft * 86_400_000);
    await archiveVersion(store, { ca: await makeCa(), name: 'a' }, { version: V1, notAfter });
    await store.put(`hosts/${HOST}.json`, JSON.stringify(record(HOST, 'served', 'then', V1)));
    const deps = { store, region: 'eu-central-1', inGroup: async () => [{ instanceId: HOST, online: true }] };
    return { deps, windowed: { ...deps, hostGroups: async () => [frozen] } };
  };
  const follow = (deps: FollowDeps) => followDeployment(deps, { name: 'a', groups: ['web'] }, nobodyAsks);

  it('are not waited for, and are told of', async () => {
    const { deps, windowed } = await world();
    expect(await follow(windowed)).toMatchObject({
      outcome: 'waits',
      message: expect.stringContaining('"deploy --ignore-window" sends it now'),
      hosts: [{ instanceId: HOST, outcome: 'waits', message: expect.stringMatching(/^not before 20/) }],
    });
    expect(await follow(deps)).toMatchObject({ outcome: 'unfinished' });
  });

  it('are waited for where the last sixth of what they have has begun', async () => {
    expect(await follow((await world(15)).windowed)).toMatchObject({ outcome: 'unfinished' });
  });

  it('leave what was renewed renewed', async () => {
    const { windowed } = await world();
    await windowed.store.put(
      'live/a.json',
      pointerText(pointerOf(EXPIRY, 90, { version: '20260201T000000Z-0a1b2c', hosts: ['web'] })),
    );
    expect(
      await followRenewal(windowed, 'a', { ...nobodyAsks, before: { ...before, version: V1 } }),
    ).toMatchObject({
      outcome: 'renewed',
      message: expect.stringContaining('get it by themselves then'),
    });
  });
});
