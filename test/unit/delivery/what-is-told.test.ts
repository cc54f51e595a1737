import { beforeEach, describe, expect, it } from 'vitest';
import { confirm } from '../../../lib/delivery/deployment/confirm.ts';
import { deploy } from '../../../lib/delivery/deployment/deploy.ts';
import { explainSilence, parseHostReport } from '../../../lib/delivery/deployment/rules/host-report.ts';
import { FakeHosts, reportOf } from '../../fakes/fake-hosts.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { quickRuntime } from '../../fakes/quick-runtime.ts';
import { RecordedEvents } from '../../fakes/recorded-events.ts';
import { hostGroup, stackOf } from '../../fakes/stack.ts';

const NOW = new Date('2026-11-20T02:00:00Z');
const idsOf = (count: number) =>
  Array.from({ length: count }, (_, index) => `i-${String(index + 1).padStart(8, '0')}`);
const [FIRST = '', SECOND = ''] = idsOf(2);
const signal = new AbortController().signal;
const due = { group: 'web', reason: 'certificate-renewed', names: ['shop'] };
let hosts: FakeHosts;
let events: RecordedEvents;
let store: MemoryStore;

beforeEach(() => {
  store = new MemoryStore(() => NOW);
  events = new RecordedEvents();
  hosts = new FakeHosts();
});

const group = (online: readonly string[], offline: readonly string[] = []) =>
  hosts.groups.set('web', [
    ...online.map((instanceId) => ({ instanceId, online: true })),
    ...offline.map((instanceId) => ({ instanceId, online: false })),
  ]);
const run = (more: object = {}, deps: object = {}) => {
  const stack = stackOf({ hostGroups: [hostGroup('web'), hostGroup('api')] });
  const all = { store, events, clock: () => NOW, runtime: quickRuntime(), hosts, stack, ...deps };
  return deploy(all, { ...due, ...more }, signal);
};
const failures = () => events.of('Certificate Deployment Failed');

describe('a deployment without a host', () => {
  it('says where hosts are looked for, and by which tag', async () => {
    group([]);
    expect(await run()).toMatchObject({ group: 'web', names: ['shop'], sent: [] });
    expect(failures()).toEqual([
      {
        ...{ name: 'shop', group: 'web', reason: 'no-hosts', hosts: [] },
        message:
          'no host in eu-central-1 carries the tag perennial-group=web in Systems Manager; tag one there (a stack reaches the hosts of its own region only), or take the group out of the renewal file',
      },
    ]);
  });

  it.each([
    [5, `${idsOf(5).join(', ')}`],
    [6, `${idsOf(5).join(', ')}, …`],
  ])('online names some of %i', async (count, some) => {
    group([], idsOf(count));
    await run();
    expect(failures()).toMatchObject([
      {
        reason: 'hosts-offline',
        message: `no host of group web is online (${some}); they get the certificate at the first scan that finds them online`,
        hosts: idsOf(count).map((instanceId) => ({
          instanceId,
          outcome: 'not-sent',
          reason: 'hosts-offline',
        })),
      },
    ]);
  });

  it('lists as many as one event has room for', async () => {
    group([], idsOf(201));
    await run();
    expect(failures()[0]?.hosts).toHaveLength(200);
  });

  it('of an unknown group names those that there are', async () => {
    await expect(run({ group: 'db' })).rejects.toMatchObject({
      reason: 'unknown-host-group',
      message: 'host group "db" is not one of web, api; add it to hostGroups in settings.yml and deploy',
    });
    await expect(run({ group: 'db' }, { stack: stackOf() })).rejects.toThrow('is not one of none');
  });
});

describe('the host that goes first', () => {
  it('is asked once a second for a minute, then less often, and after four left to its own report', async () => {
    group([FIRST, SECOND]);
    hosts.reports = () => ({ status: 'waiting', statusDetails: 'InProgress', output: '' });
    const runtime = quickRuntime();
    expect(await run({}, { runtime })).toEqual({
      ...{ group: 'web', names: ['shop'], outcome: 'stopped', reason: 'canary-slow', sent: [], offline: [] },
      canary: { instanceId: FIRST, results: [] },
    });
    expect(runtime.slept.slice(0, 60)).toEqual(Array.from({ length: 60 }, () => 1_000));
    expect(runtime.slept.slice(60)).toEqual(Array.from({ length: 36 }, () => 5_000));
    expect(failures()).toMatchObject([
      {
        reason: 'canary-slow',
        message: `${FIRST}, which went first, was not done within 240 s; it was not sent to 1 more of group web (${SECOND}), which keep what they serve until the next check`,
      },
    ]);
  });

  it('alone is told of by its own failure only', async () => {
    group([FIRST]);
    hosts.reports = () => reportOf([{ name: 'shop', outcome: 'failed' }]);
    expect(await run()).toMatchObject({ outcome: 'stopped', reason: 'canary-failed' });
    expect(failures()).toEqual([
      {
        ...{ name: 'shop', group: 'web', reason: 'failed', message: `${FIRST} did not install shop` },
        hosts: [expect.objectContaining({ instanceId: FIRST, outcome: 'failed' })],
      },
    ]);
  });

  it.each(['served', 'unchanged', 'installed-not-served'])(
    'leads the others where it is %s',
    async (outcome) => {
      group([FIRST, SECOND]);
      hosts.reports = () => reportOf([{ name: 'shop', version: 'v2', outcome }]);
      expect(await run()).toMatchObject({ outcome: 'sent', sent: [SECOND] });
    },
  );

  it('whose command cannot be read fails the run, which comes back with its message', async () => {
    group([FIRST, SECOND]);
    hosts.invocation = async () => {
      throw new Error('throttled');
    };
    await expect(run()).rejects.toThrow('throttled');
    expect(hosts.commands).toHaveLength(1);
  });
});

it('a group of any size is one command to all the others, which allows no failure', async () => {
  group(idsOf(61));
  expect(await run()).toMatchObject({ outcome: 'sent', sent: idsOf(61).slice(1) });
  expect(hosts.commands).toMatchObject([
    { instanceIds: [FIRST], allowedErrors: 0, names: ['shop'], group: { name: 'web' } },
    { instanceIds: idsOf(61).slice(1), allowedErrors: 0, names: ['shop'], group: { name: 'web' } },
  ]);
});

it('what a host said of a certificate is told as it was said', async () => {
  group([FIRST]);
  const said = { version: 'v2', outcome: 'rolled-back', reason: 'nginx-test-failed', message: 'line 3' };
  hosts.reports = () => reportOf([{ name: 'shop', serial: '0a', ...said }]);
  await run();
  const { reason, message } = said;
  const host = { instanceId: FIRST, serial: '0a', ...said };
  expect(failures()).toEqual([{ name: 'shop', group: 'web', reason, message, hosts: [host] }]);
  expect(store.text(`hosts/${FIRST}.json`)).toMatch(/^\{\n {2}"instanceId": .*\}\n$/s);
});

describe('a confirmation answers', () => {
  const event = { detail: { 'command-id': 'c1', 'instance-id': FIRST, status: 'Success' } };
  const confirmed = () => confirm({ store, events, clock: () => NOW, hosts }, event);
  const where = { instanceId: FIRST, commandId: 'c1' };

  it('with the results, and which command they are of', async () => {
    await hosts.install({ group: hostGroup('web'), names: ['shop'], instanceIds: [FIRST], allowedErrors: 0 });
    expect(await confirmed()).toEqual({
      ...{ outcome: 'recorded', ...where },
      results: [expect.objectContaining({ name: 'shop', outcome: 'served' })],
    });
    hosts.reports = () => ({ status: 'waiting', statusDetails: 'InProgress', output: '' });
    expect(await confirmed()).toEqual({ outcome: 'left', reason: 'still-running', ...where });
  });

  it('with what it left', async () => {
    expect(await confirmed()).toEqual({ outcome: 'left', reason: 'not-ours', ...where });
  });
});

describe('a host that says nothing', () => {
  it.each([
    [
      'Terminated',
      'ssm-terminated',
      'another host of the group failed, so nothing was sent to i-1; it keeps what it serves until the next check',
    ],
    ['Cancelled', 'ssm-cancelled', 'somebody cancelled the command to i-1; the next check sends it again'],
    ...['DeliveryTimedOut', 'Delivery Timed Out', 'Undeliverable'].map((details) => [
      details,
      details === 'Undeliverable' ? 'ssm-undeliverable' : 'ssm-delivery-timed-out',
      'i-1 did not take the command: is it running, and its SSM agent with it? The next check that finds it online sends it again',
    ]),
    [
      'ExecutionTimedOut',
      'ssm-execution-timed-out',
      'the installation did not end in time on i-1; is something there hanging, such as the container engine?',
    ],
    [
      'Failed',
      'ssm-failed',
      "i-1 ended without a report (Failed); look at the command's output in Systems Manager, Run Command",
    ],
  ])('is explained by what SSM says: %s', (details = '', reason, message) => {
    expect(explainSilence('i-1', details)).toEqual({ reason, message });
  });
});

describe("a host's report", () => {
  const result = (name: string, more: object = {}) => ({ name, outcome: 'served', ...more });
  const parsed = (...results: object[]) =>
    parseHostReport(JSON.stringify({ perennial: 1, results }))?.results.map(({ name }) => name);

  it('is read up to 250 results', () => {
    const many = Array.from({ length: 251 }, (_, index) => result(`n${index}`));
    expect(parsed(...many)).toHaveLength(250);
  });

  it.each([
    ['version', '0'.repeat(64), '0'.repeat(65)],
    ['version', '20261120T010000Z-3d4e5f', ' 20261120T010000Z-3d4e5f'],
    ['serial', '0aF:'.repeat(16), 'f'.repeat(65)],
    ['serial', '0a', ' 0a'],
    ['serial', '0a', '0a '],
    ['version', '0a', '0a '],
    ['served', ['a.test'], 'a.test'],
  ])('may have a %s of %j, and none of %j', (member, good, bad) => {
    expect(parsed(result('good', { [member]: good }), result('bad', { [member]: bad }))).toEqual(['good']);
  });

  it('has in what it serves printable lines only', () => {
    const report = JSON.stringify({ perennial: 1, results: [result('shop', { served: ['a\nb'] })] });
    expect(parseHostReport(report)?.results[0]?.served).toEqual(['a b']);
  });
});
