import { describe, expect, it } from 'vitest';
import { lifeOf } from '../../../lib/reporting/status/page/row.ts';
import { statusOf } from '../../../lib/reporting/status/rules/certificate-status.ts';
import { parseStatusRequest } from '../../../lib/reporting/status/show-status.ts';
import type { HealthFacts } from '../../../lib/scan/rules/health.ts';
import { pointerOf, wantedOf } from '../../fakes/pointers.ts';

const now = new Date('2026-11-20T00:00:00Z');
const ca = 'https://ca.test/directory';
const stack = { defaultCa: ca, fallbackCas: [] };
const pointer = pointerOf(new Date('2027-01-30T00:00:00Z'), 90);
const file = { ...wantedOf(), stack };
const failing = {
  failures: 1,
  lastFailure: { at: '2026-11-19T00:00:00Z', reason: 'caa-forbids', message: 'CAA lets it not.' },
};
const none = {
  region: 'eu-central-1',
  state: undefined,
  records: [],
  revocations: [],
  fleet: new Map(),
  acm: undefined,
  now,
};
const status = (change: Partial<HealthFacts>) =>
  statusOf({ name: 'a', wanted: true, file, pointer, ...none, ...change });
const hosts = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    instanceId: `i-${index}`,
    group: 'web',
    lineages: { a: { outcome: 'failed', at: '2026-11-02T00:00:00Z', commandId: 'c' } },
  }));

describe('the status of a certificate', () => {
  it.each<[string, Partial<HealthFacts>, object]>([
    ['when it is due', {}, { due: '2026-12-31T00:00:00.000Z', next: { action: 'wait', reason: 'not-due' } }],
    [
      'when its file wants it renewed',
      { file: { ...file, renewBeforeDays: 50 } },
      { due: '2026-12-11T00:00:00.000Z' },
    ],
    [
      'what is to be changed',
      { file: { ...file, names: ['b'] } },
      { next: { action: 'renew', reason: 'names-changed' } },
    ],
    [
      'that it waits after a failure',
      { file: { ...file, names: ['b'] }, state: { ...failing, notBefore: '2026-11-20T01:00:00Z' } },
      { next: { action: 'wait', reason: 'backing-off' } },
    ],
    ['which CA it is from', {}, { ca }],
    [
      'which CA will be asked',
      { pointer: undefined },
      { ca, names: ['example.com'], next: { reason: 'never-issued' } },
    ],
    ['that it was renewed', {}, { last: { at: pointer.issuedAt, outcome: 'renewed' } }],
    [
      'that it failed since',
      { state: failing },
      { last: { at: '2026-11-19T00:00:00Z', outcome: 'failed', reason: 'caa-forbids' } },
    ],
    [
      'that it was renewed after a failure',
      {
        state: {
          ...failing,
          failures: 0,
          lastFailure: { ...failing.lastFailure, at: '2026-01-01T00:00:00Z' },
        },
      },
      { last: { outcome: 'renewed' } },
    ],
    [
      'that its file cannot be used',
      { file: { rejected: 'unknown key "host"' } },
      { health: 'rejected', trouble: 'unknown key "host"' },
    ],
    [
      'that it has expired, and why',
      { file: { rejected: 'unknown key "host"' }, pointer: pointerOf(now) },
      { health: 'expired', trouble: expect.stringContaining('unknown key "host"') },
    ],
    [
      'some of many hosts that lag',
      {
        file: { ...file, hosts: ['web'] },
        pointer: { ...pointer, hosts: ['web'] },
        records: hosts(9),
        fleet: new Map([['web', hosts(9).map(({ instanceId }) => ({ instanceId, online: true }))]]),
      },
      { trouble: expect.stringMatching(/: i-0 failed, .*i-4 failed and 4 more; /) },
    ],
  ])('says %s', (_, change, said) => {
    expect(status(change)).toMatchObject(said);
  });

  it('says nothing of what comes next where the file was not read', () => {
    const rest = { name: 'a', wanted: true, pointer, ...none };
    expect(statusOf(rest)).not.toHaveProperty('next');
    expect(statusOf(rest)).not.toHaveProperty('due');
  });
});

describe('a life as a bar', () => {
  const life = { notBefore: '2026-11-01T00:00:00Z', notAfter: '2026-12-01T00:00:00Z' };
  it.each([
    ['young', { ...life, due: '2026-11-21T00:00:00Z' }, '2026-11-04T00:00:00Z', { today: 10, due: 67 }],
    ['not begun', { ...life, due: '2026-11-21T00:00:00Z' }, '2026-10-04T00:00:00Z', { today: 0, due: 67 }],
    ['over', { ...life, due: '2026-11-21T00:00:00Z' }, '2027-10-04T00:00:00Z', { today: 100, due: 67 }],
    ['of which nobody knows when it is due', life, '2026-11-16T00:00:00Z', { today: 50, due: 100 }],
    ['of no length', { ...life, notAfter: life.notBefore }, '2026-11-16T00:00:00Z', { today: 100, due: 100 }],
  ])('%s', (_, dates, at, bar) => {
    expect(lifeOf(dates, new Date(at))).toEqual(bar);
  });
});

describe('what status is asked for', () => {
  it.each([
    [undefined, false],
    [null, false],
    ['', false],
    [{}, false],
    [{ page: true }, true],
  ])('%j', (event, page) => {
    expect(parseStatusRequest(event)).toEqual({ page });
  });

  it.each([[[]], ['page'], [{ page: 'yes' }], [{ pages: true }]])('refuses %j in one line', (event) => {
    expect(() => parseStatusRequest(event)).toThrow(/^event: .*page/);
  });
});
