import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decideDeployments } from '../../../lib/delivery/deployment/rules/decide-deployments.ts';
import { recordResults } from '../../../lib/delivery/deployment/rules/host-record.ts';
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
    ['an outcome of its own', line.replace('served', 'great')],
    ['a name that leads elsewhere', line.replace('shop', '../shop')],
    ['null', 'null'],
  ])('is none in %s', (_, output) => {
    expect(parseHostReport(output)).toBeUndefined();
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
    expect(after.lineages.shop).toMatchObject({ version: 'v1', outcome, reason: 'nginx-test-failed' });
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
});
