import { describe, expect, it } from 'vitest';
import { type HostRecord, recordResults } from '../../../lib/delivery/deployment/rules/host-record.ts';
import type { HostResult } from '../../../lib/delivery/deployment/rules/host-report.ts';
import { orderHosts } from '../../../lib/delivery/deployment/rules/order-hosts.ts';

interface Run {
  outcome: HostResult['outcome'];
  reason?: string;
  hour?: number;
  name?: string;
}

/** The record after these commands, an hour apart. */
function recordOf(...runs: Run[]): HostRecord | undefined {
  return runs.reduce<HostRecord | undefined>(
    (before, { outcome, reason, hour = 0, name = 'shop' }, index) => {
      const at = new Date(Date.UTC(2026, 10, 20, hour));
      const context = { instanceId: 'any', group: 'web', commandId: `c${index}`, at };
      return recordResults(before, [{ name, outcome, reason }], context);
    },
    undefined,
  );
}

const well: Run = { outcome: 'served' };
const badly: Run = { outcome: 'rolled-back', reason: 'nginx-test-failed' };

function order(hosts: Record<string, HostRecord | undefined>) {
  const [first = '', ...rest] = Object.keys(hosts);
  const known = Object.entries(hosts).flatMap(([id, record]) => (record ? [[id, record] as const] : []));
  return orderHosts([first, ...rest], new Map(known));
}

describe('the first host of a deployment', () => {
  it.each<[string, Record<string, HostRecord | undefined>, string[], number]>([
    ['the first by id, of new ones', { b: undefined, a: undefined }, ['a', 'b'], 0],
    ['one that serves, before a new one', { a: undefined, b: recordOf(well) }, ['b', 'a'], 0],
    ['one that serves what it had', { a: undefined, b: recordOf({ outcome: 'unchanged' }) }, ['b', 'a'], 0],
    [
      'none that only holds it',
      { a: recordOf({ outcome: 'installed-not-served' }), b: recordOf(well) },
      ['b', 'a'],
      0,
    ],
    ['none that failed', { a: recordOf(badly), b: undefined, c: recordOf(well) }, ['c', 'b', 'a'], 1],
    [
      'none that was not reached',
      { a: recordOf({ outcome: 'failed', reason: 'ssm-delivery-timed-out' }), b: undefined },
      ['b', 'a'],
      1,
    ],
    [
      'one that failed and recovered',
      { a: recordOf(badly, { ...well, hour: 1 }), b: undefined },
      ['a', 'b'],
      0,
    ],
    [
      'one whose other certificate failed long ago',
      { a: recordOf({ ...badly, name: 'old' }, { ...well, hour: 1 }), b: undefined },
      ['a', 'b'],
      0,
    ],
    [
      'one that a stopped wave did not reach',
      { a: recordOf({ outcome: 'failed', reason: 'ssm-terminated' }), b: undefined },
      ['a', 'b'],
      0,
    ],
    [
      'the first by id, of those that serve, whenever they were asked to',
      { a: recordOf({ ...well, hour: 2 }), b: recordOf({ ...well, hour: 1 }) },
      ['a', 'b'],
      0,
    ],
    [
      'none that failed, however long ago',
      { a: recordOf({ ...badly, hour: 1 }), b: recordOf({ ...well, hour: 2 }) },
      ['b', 'a'],
      1,
    ],
    [
      'one whose newest run went well, whatever is recorded after it',
      { a: recordOf({ ...well, hour: 3 }, { ...badly, hour: 1, name: 'blog' }), b: undefined },
      ['a', 'b'],
      0,
    ],
    [
      'where all failed, the one that failed first',
      {
        a: recordOf({ ...badly, hour: 2 }),
        b: recordOf({ ...badly, hour: 1 }),
        c: recordOf({ ...badly, hour: 3 }),
      },
      ['b', 'a', 'c'],
      2,
    ],
  ])('is %s', (_, hosts, expected, failing) => {
    const { canary, others, failing: known } = order(hosts);
    expect([canary, ...others]).toEqual(expected);
    expect(known).toBe(failing);
  });

  it('is none that failed for one certificate of its last command', () => {
    const context = { instanceId: 'a', group: 'web', commandId: 'c', at: new Date(0) };
    const results = [
      { name: 'shop', outcome: 'served' as const },
      { name: 'blog', outcome: 'failed' as const },
    ];
    expect(order({ a: recordResults(undefined, results, context), b: undefined }).canary).toBe('b');
  });

  it('is one that serves a certificate of its last command, and only holds another', () => {
    const context = { instanceId: 'b', group: 'web', commandId: 'c', at: new Date(0) };
    const results = [
      { name: 'shop', outcome: 'served' as const },
      { name: 'blog', outcome: 'installed-not-served' as const },
    ];
    expect(order({ a: undefined, b: recordResults(undefined, results, context) }).canary).toBe('b');
  });
});
