import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import {
  decideDeployments,
  decideWaiting,
} from '../../../lib/delivery/deployment/rules/decide-deployments.ts';
import {
  believedRecord,
  HostRecord,
  recordResults,
  recordsById,
  runOf,
} from '../../../lib/delivery/deployment/rules/host-record.ts';
import { type HostResult, parseHostReport } from '../../../lib/delivery/deployment/rules/host-report.ts';

const at = new Date('2026-11-20T02:00:00Z');
const result = (more: Partial<HostResult> = {}): HostResult => ({
  name: 'shop',
  version: 'v2',
  outcome: 'served',
  ...more,
});
const context = { instanceId: 'i-1', group: 'web', commandId: 'c2', at };

describe("a host's report", () => {
  const line = JSON.stringify({ perennial: 1, agent: '3.3', results: [result()] });

  it.each([
    ['alone', line],
    ['after what the script printed', `reloading\n{"perennial": 1}\n${line}`],
    ['before empty lines', `${line}\n\n \n`],
  ])('is the last line: %s', (_, output) => {
    expect(parseHostReport(output)?.results).toEqual([result()]);
  });

  it('may be a refusal of the whole run', () => {
    const refusal = '{"perennial":1,"reason":"aws-cli-missing","message":"install it","results":[]}';
    expect(parseHostReport(refusal)).toMatchObject({ reason: 'aws-cli-missing', results: [] });
  });

  it.each([
    ['nothing', ''],
    ['text', 'Killed'],
    ['a report cut off by Run Command', line.slice(0, -5)],
    ['a report before something else', `${line}\nKilled`],
    ['a report of another kind', '{"perennial":2,"results":[]}'],
    ['null', 'null'],
  ])('is none in %s', (_, output) => {
    expect(parseHostReport(output)).toBeUndefined();
  });

  it.each([
    ['an outcome of its own', { outcome: 'great' }],
    ['a name that leads elsewhere', { name: '../shop' }],
    ['a version that is none', { version: 'v1\n' }],
    ['a serial that is none', { serial: 'rm -rf' }],
    ['nothing', null],
  ])('costs a result with %s, and none beside it', (_, bad) => {
    const report = { perennial: 1, results: [bad && result({ name: 'blog', ...(bad as object) }), result()] };
    expect(parseHostReport(JSON.stringify(report))?.results).toEqual([result()]);
  });

  it('says of a certificate once what became of it', () => {
    const report = { perennial: 1, results: [result(), result({ outcome: 'failed' })] };
    expect(parseHostReport(JSON.stringify(report))?.results).toEqual([result()]);
  });

  it('has messages of one printable line', () => {
    const message = 'a\r\nSubject: b\u001b[2J\u202ec\u200b\ud800';
    const report = JSON.stringify({ perennial: 1, results: [result({ message })], message });
    expect(parseHostReport(report)).toMatchObject({
      message: 'a Subject: b [2Jc',
      results: [{ message: 'a Subject: b [2Jc' }],
    });
    const long = JSON.stringify({ perennial: 1, results: [result({ message: 'x'.repeat(9_999) })] });
    expect(parseHostReport(long)?.results[0]?.message).toHaveLength(1_000);
  });

  it.each([
    ['nginx-test-failed', 'nginx-test-failed'],
    ['a-newer-reason-2', 'a-newer-reason-2'],
    ['Constructor()', 'reason-unreadable'],
    ['x'.repeat(65), 'reason-unreadable'],
    ['a\nb', 'reason-unreadable'],
    [{ toString: 1 }, 'reason-unreadable'],
  ])('has reasons that are names: %j', (reason, expected) => {
    const report = JSON.stringify({ perennial: 1, results: [{ ...result(), reason }] });
    expect(parseHostReport(report)?.results).toMatchObject([{ name: 'shop', reason: expected }]);
  });

  it('is a report or none, whatever a host prints', () => {
    const anything = fc.oneof(
      fc.string(),
      fc.json(),
      fc.record({ perennial: fc.constant(1), results: fc.jsonValue() }).map((value) => JSON.stringify(value)),
    );
    fc.assert(fc.property(anything, (output) => void parseHostReport(output)));
  });
});

describe("a host's record", () => {
  it('has nothing of a certificate that is called like a property of every object', () => {
    const record = HostRecord.parse({ instanceId: 'i-1', group: 'web', lineages: {} });
    expect(runOf(record, 'constructor')).toBeUndefined();
    const after = recordResults(record, [result({ name: 'constructor' })], context);
    expect(runOf(after, 'constructor')).toMatchObject({ version: 'v2' });
    const certificates = [{ name: 'constructor', version: 'v2', groups: ['web'] }];
    const due = (records: [string, HostRecord][]) =>
      decideDeployments({ certificates, hosts: new Map([['web', ['i-1']]]), records: new Map(records) });
    expect(due([['i-1', record]])).toHaveLength(1);
    expect(due([['i-1', after]])).toEqual([]);
  });

  it('that cannot be read in part is lost in that part only', () => {
    const run = { outcome: 'served', at: at.toISOString(), commandId: 'c1' };
    const lineages = { shop: run, blog: { ...run, outcome: 7 }, mail: null };
    const record = HostRecord.parse({ instanceId: 'i-1', group: 'web', lineages });
    expect(Object.keys(record.lineages)).toEqual(['shop']);
  });

  const before = recordResults(undefined, [result({ version: 'v1' }), result({ name: 'blog' })], {
    ...context,
    commandId: 'c1',
  });

  it('tells what is installed now, and keeps the other certificates', () => {
    const after = recordResults(before, [result()], context);
    expect(after.lineages.shop).toEqual({
      version: 'v2',
      outcome: 'served',
      at: at.toISOString(),
      commandId: 'c2',
    });
    expect(after.lineages.blog).toEqual(before.lineages.blog);
  });

  it.each(['failed', 'rolled-back'] as const)('keeps the version that was there when one %s', (outcome) => {
    const after = recordResults(
      before,
      [result({ outcome, reason: 'nginx-test-failed', message: 'no' })],
      context,
    );
    const said = { outcome, reason: 'nginx-test-failed', message: 'no' };
    expect(after.lineages.shop).toMatchObject({ version: 'v1', ...said });
  });

  const run = { version: 'v1', outcome: 'served', at: at.toISOString(), commandId: 'c1' };
  const stored = { instanceId: 'i-1', group: 'web', lineages: { shop: run } };

  it.each([
    ['outcome', undefined],
    ['at', undefined],
    ['at', 7],
    ['commandId', undefined],
    ['commandId', 7],
    ['version', 7],
    ['reason', 7],
    ['message', 7],
    ['requestedAt', 7],
  ])('has no run with %s %s', (member, value) => {
    const lineages = { shop: { ...run, [member]: value }, blog: run };
    expect(Object.keys(HostRecord.parse({ ...stored, lineages }).lineages)).toEqual(['blog']);
  });

  it.each(['instanceId', 'group', 'lineages'])('is none without %s, or with another type of it', (member) => {
    expect(HostRecord.safeParse(stored).success).toBe(true);
    for (const value of [undefined, 7])
      expect(HostRecord.safeParse({ ...stored, [member]: value }).success).toBe(false);
  });

  it('is believed but for an instant after it was written', () => {
    const later = { ...run, at: '2026-11-21T02:00:00.000Z', reason: 'reload-failed' as const };
    const record = HostRecord.parse({ ...stored, lineages: { shop: later, blog: run } });
    const believed = { shop: { ...later, at: '' }, blog: run };
    expect(believedRecord(record, at)).toEqual({ ...stored, lineages: believed });
  });

  it('is found by its host, in an index that is made once', () => {
    const records = [before, { ...before, instanceId: 'i-2' }];
    expect(recordsById(records).get('i-2')).toBe(records[1]);
    expect(recordsById(records)).toBe(recordsById(records));
  });

  it('stays in its group where a newer command was heard of before, for any certificate', () => {
    const when = (hour: number) => ({
      at: new Date(Date.UTC(2026, 10, 20, hour)),
      requestedAt: new Date(Date.UTC(2026, 10, 20, hour)),
    });
    const first = recordResults(undefined, [result()], { ...context, ...when(1), commandId: 'c1' });
    const moved = recordResults(first, [result({ name: 'blog' })], {
      ...context,
      ...when(3),
      commandId: 'c3',
      group: 'api',
    });
    const late = { ...context, at: when(4).at, requestedAt: when(2).at };
    expect(recordResults(moved, [result({ name: 'mail' })], late).group).toBe('api');
    expect(recordResults(first, [result({ name: 'mail' })], { ...late, group: 'api' }).group).toBe('api');
  });
});

describe('a deployment is due', () => {
  const certificates = [
    { name: 'shop', version: 'v2', groups: ['web'] },
    { name: 'blog', version: 'v1', groups: ['web', 'api'] },
  ];
  const holds = (id: string, shop: string, blog: string) =>
    [
      id,
      recordResults(undefined, [result({ version: shop }), result({ name: 'blog', version: blog })], {
        ...context,
        instanceId: id,
      }),
    ] as const;
  const decide = (hosts: [string, string[]][], ...records: ReturnType<typeof holds>[]) =>
    decideDeployments({ certificates, hosts: new Map(hosts), records: new Map(records) });

  it('for no host that holds all', () => {
    expect(decide([['web', ['i-1']]], holds('i-1', 'v2', 'v1'))).toEqual([]);
  });

  it('for what a host lacks, and no more', () => {
    expect(decide([['web', ['i-1', 'i-2']]], holds('i-1', 'v1', 'v1'), holds('i-2', 'v2', 'v1'))).toEqual([
      { group: 'web', names: ['shop'], reason: 'host-behind', hosts: ['i-1'] },
    ]);
  });

  it('for a host that had the version when a later command failed', () => {
    const [id, record] = holds('i-1', 'v2', 'v1');
    const after = recordResults(record, [result({ outcome: 'failed' })], { ...context, commandId: 'c3' });
    expect(decide([['web', ['i-1']]], [id, after])).toEqual([
      { group: 'web', names: ['shop'], reason: 'host-behind', hosts: ['i-1'] },
    ]);
  });

  it('for a new host, with all of its group', () => {
    expect(
      decide([
        ['web', ['i-1']],
        ['api', []],
      ]),
    ).toEqual([{ group: 'web', names: ['blog', 'shop'], reason: 'host-new', hosts: ['i-1'] }]);
  });

  it('for what is about to be renewed only where a host has no certificate at all', () => {
    const renewed = certificates.map((one) => ({ ...one, awaitsRenewal: one.name === 'shop' }));
    const [, failed] = holds('i-3', 'v0', 'v0');
    for (const run of Object.values(failed.lineages)) delete run.version;
    const hosts = new Map([['web', ['i-1', 'i-2', 'i-3']]]);
    const records = new Map([holds('i-1', 'v1', 'v1'), ['i-3', failed] as const]);
    expect(decideDeployments({ certificates: renewed, hosts, records })).toEqual([
      { group: 'web', names: ['blog', 'shop'], reason: 'host-behind', hosts: ['i-2', 'i-3'] },
    ]);
  });

  it('for each command of at most 60 certificates, with the hosts that lack some of them', () => {
    const many = Array.from({ length: 61 }, (_, index) => ({
      name: `n${String(index).padStart(2, '0')}`,
      version: 'v1',
      groups: ['web'],
    }));
    const lacksLast = recordResults(
      undefined,
      many.slice(0, 60).map(({ name }) => result({ name, version: 'v1' })),
      context,
    );
    const deployments = decideDeployments({
      certificates: many,
      hosts: new Map([['web', ['i-1', 'i-2']]]),
      records: new Map([['i-1', lacksLast]]),
    });
    expect(deployments.map(({ names, hosts }) => [names.length, hosts])).toEqual([
      [60, ['i-2']],
      [1, ['i-1', 'i-2']],
    ]);
  });

  it('for each group by itself', () => {
    expect(
      decide(
        [
          ['web', ['i-1']],
          ['api', ['i-2']],
        ],
        holds('i-1', 'v2', 'v0'),
        holds('i-2', 'v0', 'v0'),
      ),
    ).toEqual([
      { group: 'web', names: ['blog'], reason: 'host-behind', hosts: ['i-1'] },
      { group: 'api', names: ['blog'], reason: 'host-behind', hosts: ['i-2'] },
    ]);
  });

  describe('where hosts are not to be touched now', () => {
    const now = new Date('2026-11-30T12:00:00Z');
    const until = '2026-12-01T01:00:00.000Z';
    let times: Map<string, { window: string[] }>;
    // What was found for a group is remembered by its settings.
    beforeEach(() => {
      times = new Map([['web', { window: ['Mon-Thu 02:00-05:00 Europe/Berlin'] }]]);
    });
    const young = { notBefore: '2026-11-01T00:00:00Z', notAfter: '2027-01-30T00:00:00Z' };
    const old = { notBefore: '2026-09-05T00:00:00Z', notAfter: '2026-12-04T00:00:00Z' };
    const lives = new Map([
      ['shop', new Map([['v1', young]])],
      ['blog', new Map([['v0', old]])],
    ]);
    const facts = (ids: string[], ...records: ReturnType<typeof holds>[]) => ({
      certificates,
      hosts: new Map([['web', ids]]),
      records: new Map(records),
      delivery: { times, lives, now },
    });

    it('waits for the window, and is due in it', () => {
      const lacking = facts(['i-1', 'i-2'], holds('i-1', 'v1', 'v1'), holds('i-2', 'v2', 'v1'));
      expect(decideDeployments(lacking)).toEqual([]);
      expect(decideWaiting(lacking)).toEqual([
        { group: 'web', names: ['shop'], hosts: ['i-1'], reason: 'outside-window', until },
      ]);
      const later = { ...lacking, delivery: { times, lives, now: new Date(until) } };
      expect(decideDeployments(later)).toMatchObject([{ names: ['shop'], hosts: ['i-1'] }]);
      expect(decideWaiting(later)).toEqual([]);
    });

    it('is due for each host exactly where it may not wait', () => {
      const mixed = facts(['i-1', 'i-2', 'i-3'], holds('i-1', 'v1', 'v0'), holds('i-2', 'v1', 'v1'));
      expect(decideDeployments(mixed)).toEqual([
        { group: 'web', names: ['blog'], reason: 'host-behind', hosts: ['i-1'] },
        { group: 'web', names: ['blog', 'shop'], reason: 'host-new', hosts: ['i-3'] },
      ]);
      expect(decideWaiting(mixed)).toMatchObject([{ names: ['shop'], hosts: ['i-1', 'i-2'] }]);
    });

    it('is due and urgent where a revoked version is on a host', () => {
      const revoked = facts(['i-1'], holds('i-1', 'v1', 'v1'));
      const withRevoked = certificates.map((one) => ({
        ...one,
        ...(one.name === 'shop' && { revoked: ['v1'] }),
      }));
      expect(decideDeployments({ ...revoked, certificates: withRevoked })).toEqual([
        { group: 'web', names: ['shop'], reason: 'revoked', hosts: ['i-1'] },
      ]);
      expect(decideWaiting({ ...revoked, certificates: withRevoked })).toEqual([]);
    });

    it('waits although its last run failed, where what it has is good', () => {
      const [id, record] = holds('i-1', 'v1', 'v1');
      const after = recordResults(record, [result({ outcome: 'failed' })], { ...context, commandId: 'c3' });
      expect(decideDeployments(facts(['i-1'], [id, after]))).toEqual([]);
    });
  });
});
