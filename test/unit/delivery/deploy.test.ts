import { beforeEach, describe, expect, it } from 'vitest';
import { nodeRuntime } from '../../../lib/adapters/node/runtime.ts';
import { confirm } from '../../../lib/delivery/deployment/confirm.ts';
import { deploy } from '../../../lib/delivery/deployment/deploy.ts';
import { HostsError } from '../../../lib/delivery/deployment/hosts.ts';
import { parseGroupList } from '../../../lib/delivery/deployment/rules/group-list.ts';
import { recordResults } from '../../../lib/delivery/deployment/rules/host-record.ts';
import { StoreError } from '../../../lib/foundation/bucket/object-store.ts';
import { pointerText } from '../../../lib/foundation/certificate/live-pointer.ts';
import { InputError } from '../../../lib/foundation/common/input-error.ts';
import { makeCa } from '../../fakes/certificates.ts';
import { FakeHosts, reportOf } from '../../fakes/fake-hosts.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { pointerOf } from '../../fakes/pointers.ts';
import { quickRuntime } from '../../fakes/quick-runtime.ts';
import { RecordedEvents } from '../../fakes/recorded-events.ts';
import { hostGroup, stackOf } from '../../fakes/stack.ts';
import { archiveVersion } from '../../fakes/stored-certificate.ts';

const NOW = new Date('2026-11-20T02:00:00Z');
const CANARY = 'i-00000001';
const OTHER = 'i-00000002';
const web = hostGroup('web');
const clock = () => NOW;
const ca = await makeCa();
const store = new MemoryStore(clock);
const signal = new AbortController().signal;
let hosts: FakeHosts;
let events: RecordedEvents;

beforeEach(async () => {
  for (const key of store.keys()) await store.remove(key);
  hosts = new FakeHosts();
  events = new RecordedEvents();
  hosts.groups.set(
    'web',
    [CANARY, OTHER].map((instanceId) => ({ instanceId, online: true })),
  );
});

const deps = () => ({
  store,
  events,
  clock,
  runtime: quickRuntime(),
  hosts,
  stack: stackOf({ hostGroups: [web] }),
});
const due = { group: 'web', reason: 'certificate-renewed', names: ['shop', 'blog'] };
const record = (id: string) => JSON.parse(store.text(`hosts/${id}.json`));
const sentTo = () => hosts.commands.map(({ instanceIds }) => instanceIds);
const failing = (more: object) =>
  reportOf(due.names.map((name) => ({ name, outcome: 'rolled-back', ...more })));
const failingInPart = (more: object) =>
  reportOf([
    { name: 'shop', outcome: 'rolled-back', ...more },
    { name: 'blog', version: 'v2', outcome: 'served' },
  ]);

describe('a deployment', () => {
  it.each(['2038-01-19T03:14:07.000Z', 'never'])('is not led by a run at %s', async (at) => {
    const failed = (id: string, when: string) => {
      const run = { outcome: 'rolled-back', at: when, commandId: 'c0' };
      const lineages = { shop: run };
      return store.put(`hosts/${id}.json`, JSON.stringify({ instanceId: id, group: 'web', lineages }));
    };
    await failed(CANARY, '2026-11-20T01:00:00.000Z');
    await failed(OTHER, at);
    await deploy(deps(), due, signal);
    expect(sentTo()[0]).toEqual([OTHER]);
  });

  it('goes to one host first, and to the others when it came through', async () => {
    expect(await deploy(deps(), due, signal)).toMatchObject({
      outcome: 'sent',
      reason: 'canary-installed',
      sent: [OTHER],
    });
    expect(sentTo()).toEqual([[CANARY], [OTHER]]);
    expect(record(CANARY).lineages.shop).toMatchObject({ version: 'v2', outcome: 'served', commandId: 'c1' });
    expect(events.types()).toEqual(['Certificate Deployed', 'Certificate Deployed']);
  });

  it.each<[string, () => ReturnType<typeof reportOf>, string]>([
    [
      'rolls all certificates back',
      () => failing({ reason: 'nginx-test-failed', message: 'line 3' }),
      'nginx-test-failed',
    ],
    [
      'ends without a report',
      () => ({ status: 'failed', statusDetails: 'ExecutionTimedOut', output: '…' }),
      'ssm-execution-timed-out',
    ],
    [
      'refuses the run',
      () => ({
        status: 'failed',
        statusDetails: 'Failed',
        output: '{"perennial":1,"reason":"locked","message":"busy","results":[]}',
      }),
      'locked',
    ],
  ])('stops at a canary that %s', async (_, report, reason) => {
    hosts.reports = report;
    expect(await deploy(deps(), due, signal)).toMatchObject({
      outcome: 'stopped',
      reason: 'canary-failed',
      sent: [],
    });
    expect(sentTo()).toEqual([[CANARY]]);
    expect(events.of('Certificate Deployment Failed')).toContainEqual(
      expect.objectContaining({ name: 'shop', reason }),
    );
  });

  it('goes on where Systems Manager does not say for a moment how the canary is: a new try would send again', async () => {
    let looks = 0;
    const report = hosts.reports;
    hosts.reports = (...of) => {
      looks += 1;
      if (looks < 3)
        throw new HostsError('hosts-unavailable', { seen: 'could not look: ThrottlingException' });
      return report(...of);
    };
    expect(await deploy(deps(), due, signal)).toMatchObject({ outcome: 'sent', reason: 'canary-installed' });
    expect(sentTo()).toEqual([[CANARY], [OTHER]]);
  });

  it('fails where it may not see how the canary is', async () => {
    hosts.reports = () => {
      throw new HostsError('hosts-access-denied', { seen: 'could not look' });
    };
    await expect(deploy(deps(), due, signal)).rejects.toMatchObject({ reason: 'hosts-access-denied' });
  });

  it('stops at a canary that is not done in time', async () => {
    hosts.reports = () => ({ status: 'waiting', statusDetails: 'InProgress', output: '' });
    const inRealTime = { ...deps(), runtime: nodeRuntime };
    expect(await deploy(inRealTime, due, AbortSignal.timeout(30))).toMatchObject({
      outcome: 'stopped',
      reason: 'canary-slow',
    });
    expect(sentTo()).toEqual([[CANARY]]);
  });

  it.each([
    ['hosts-offline', [{ instanceId: CANARY, online: false }], [CANARY]],
    ['no-hosts', [], []],
  ])('stops where there is nobody: %s', async (reason, group, offline) => {
    hosts.groups.set('web', group);
    expect(await deploy(deps(), due, signal)).toMatchObject({ outcome: 'stopped', reason, offline });
    expect(events.of('Certificate Deployment Failed')).toHaveLength(2);
    expect(hosts.commands).toEqual([]);
  });

  it('passes over hosts that are offline', async () => {
    hosts.groups.set('web', [
      { instanceId: CANARY, online: false },
      { instanceId: OTHER, online: true },
    ]);
    expect(await deploy(deps(), due, signal)).toMatchObject({ outcome: 'sent', sent: [], offline: [CANARY] });
    expect(sentTo()).toEqual([[OTHER]]);
  });

  it('goes to the hosts that it names, and to no other', async () => {
    const named = { ...due, hosts: [OTHER, 'i-gone'] };
    expect(await deploy(deps(), named, signal)).toMatchObject({
      outcome: 'sent',
      sent: [],
      offline: ['i-gone'],
    });
    expect(sentTo()).toEqual([[OTHER]]);
  });

  it('begins with another host than the one that failed before, and lets that one fail again', async () => {
    const failed = [{ name: 'shop', outcome: 'rolled-back' as const, reason: 'nginx-test-failed' }];
    const context = { instanceId: CANARY, group: 'web', commandId: 'earlier', at: NOW };
    await store.put(`hosts/${CANARY}.json`, JSON.stringify(recordResults(undefined, failed, context)));
    await deploy(deps(), due, signal);
    expect(hosts.commands).toMatchObject([
      { instanceIds: [OTHER], allowedErrors: 0 },
      { instanceIds: [CANARY], allowedErrors: 1 },
    ]);
  });

  it('says which hosts were spared when the canary fails', async () => {
    hosts.reports = () => failing({ reason: 'nginx-test-failed', message: 'line 3' });
    await deploy(deps(), due, signal);
    const spared = events
      .of('Certificate Deployment Failed')
      .filter(({ reason }) => reason === 'canary-failed');
    expect(spared).toEqual(
      due.names.map((name) => ({
        name,
        group: 'web',
        reason: 'canary-failed',
        message: expect.stringContaining(
          `${CANARY}, which went first, did not come through; it was not sent to 1`,
        ),
        hosts: [{ instanceId: OTHER, outcome: 'not-sent', reason: 'canary-failed' }],
      })),
    );
  });

  it('goes on with what the first host installed, and holds back the rest', async () => {
    hosts.reports = () => failingInPart({ reason: 'hook-failed' });
    expect(await deploy(deps(), due, signal)).toMatchObject({
      outcome: 'sent',
      reason: 'canary-failed',
      sent: [OTHER],
      heldBack: ['shop'],
    });
    expect(hosts.commands).toMatchObject([
      { instanceIds: [CANARY], names: ['shop', 'blog'] },
      { instanceIds: [OTHER], names: ['blog'] },
    ]);
    const spared = events
      .of('Certificate Deployment Failed')
      .filter(({ reason }) => reason === 'canary-failed');
    expect(spared).toMatchObject([{ name: 'shop', hosts: [{ instanceId: OTHER, outcome: 'not-sent' }] }]);
  });

  it('of more certificates than one command takes goes on after a command that fails in part', async () => {
    const names = Array.from({ length: 61 }, (_, index) => `site-${index}`);
    hosts.reports = (_, sent) =>
      reportOf(
        sent.map((name) => ({ name, version: 'v2', outcome: name === 'site-7' ? 'rolled-back' : 'served' })),
      );
    expect(await deploy(deps(), { ...due, names }, signal)).toMatchObject({
      outcome: 'sent',
      heldBack: ['site-7'],
    });
    expect(hosts.commands.map((command) => command.names.length)).toEqual([60, 1, 60]);
  });

  it('of what replaces a revoked version goes to all hosts although the first one fails', async () => {
    hosts.reports = () => failing({ reason: 'nginx-test-failed', message: 'line 3' });
    const urgent = { ...due, reason: 'revoked' };
    expect(await deploy(deps(), urgent, signal)).toMatchObject({ outcome: 'sent', reason: 'canary-failed' });
    expect(hosts.commands).toMatchObject([
      { instanceIds: [CANARY], allowedErrors: 0 },
      { instanceIds: [OTHER], allowedErrors: 1 },
    ]);
  });

  it('of more certificates than one command takes stops at the first command that fails', async () => {
    const names = Array.from({ length: 61 }, (_, index) => `site-${index}`);
    hosts.reports = () => ({ status: 'failed', statusDetails: 'Failed', output: '' });
    expect(await deploy(deps(), { ...due, names }, signal)).toMatchObject({ reason: 'canary-failed' });
    expect(hosts.commands.map((command) => command.names.length)).toEqual([60]);
    hosts.reports = (_, sent) => reportOf(sent.map((name) => ({ name, version: 'v2', outcome: 'served' })));
    expect(await deploy(deps(), { ...due, names }, signal)).toMatchObject({ outcome: 'sent' });
    expect(sentTo().slice(1)).toEqual([[OTHER], [OTHER], [CANARY], [CANARY]]);
  });

  it('for an unknown group says what to do', async () => {
    const unknown = deploy(deps(), { ...due, group: 'db' }, signal);
    await expect(unknown).rejects.toBeInstanceOf(InputError);
    await expect(unknown).rejects.toThrow('host group "db" is not one of web');
  });

  it('keeps the version a host fell back to', async () => {
    await deploy(deps(), due, signal);
    hosts.reports = () => failing({ reason: 'old-certificate-served' });
    await deploy(deps(), due, signal);
    expect(record(CANARY).lineages.shop).toMatchObject({ version: 'v2', outcome: 'rolled-back' });
  });
});

describe('a deployment to hosts that are not to be touched now', () => {
  const nights = { ...web, window: ['Mon-Thu 03:30-06:00 UTC'] };
  const VERSION = '20261001T000000Z-0a1b2c';
  /** On NOW, a Friday, the window opens on Monday. */
  const until = '2026-11-23T03:30:00.000Z';
  const DAY = 86_400_000;
  const windowed = (more: object = {}) => ({
    ...deps(),
    stack: stackOf({ hostGroups: [{ ...nights, ...more }] }),
  });
  const holds = async (id: string, names: readonly string[], daysLeft: number) => {
    const version = `${VERSION.slice(0, -2)}${String(daysLeft).padStart(2, '0')}`;
    const lineages = Object.fromEntries(
      names.map((name) => [name, { version, outcome: 'served', at: NOW.toISOString(), commandId: 'c0' }]),
    );
    await store.put(`hosts/${id}.json`, JSON.stringify({ instanceId: id, group: 'web', lineages }));
    const notAfter = new Date(NOW.getTime() + daysLeft * DAY);
    for (const name of names) await archiveVersion(store, { ca, name }, { version, notAfter });
  };

  it('waits, and tells nobody of a failure', async () => {
    await holds(CANARY, due.names, 30);
    await holds(OTHER, due.names, 30);
    expect(await deploy(windowed(), due, signal)).toMatchObject({
      outcome: 'waits',
      reason: 'outside-window',
      waiting: [CANARY, OTHER],
      until,
    });
    const frozen = { freeze: ['2026-11-20/2026-11-24 UTC'] };
    expect(await deploy(windowed(frozen), due, signal)).toMatchObject({ reason: 'frozen' });
    expect([hosts.commands, events.facts]).toEqual([[], []]);
  });

  it('goes in the window', async () => {
    await holds(CANARY, due.names, 30);
    const inWindow = { ...windowed(), clock: () => new Date(until) };
    expect(await deploy(inWindow, due, signal)).toMatchObject({ outcome: 'sent', sent: [OTHER] });
    expect(sentTo()).toEqual([[CANARY], [OTHER]]);
  });

  it('goes to a new host, and not to those that serve something', async () => {
    await holds(CANARY, ['shop'], 30);
    expect(await deploy(windowed(), due, signal)).toMatchObject({
      outcome: 'sent',
      waiting: [CANARY],
      sent: [],
    });
    expect(sentTo()).toEqual([[OTHER]]);
    expect(events.of('Deployment Window Overridden')).toEqual([]);
  });

  it('goes where the last sixth of what is there has begun, and says so before', async () => {
    await holds(CANARY, due.names, 30);
    await holds(OTHER, due.names, 15);
    expect(await deploy(windowed(), due, signal)).toMatchObject({ outcome: 'sent', waiting: [CANARY] });
    expect(sentTo()).toEqual([[OTHER]]);
    expect(events.types()[0]).toBe('Deployment Window Overridden');
    expect(events.of('Deployment Window Overridden')).toEqual([
      {
        group: 'web',
        names: ['shop', 'blog'],
        hosts: [OTHER],
        reason: 'window-overridden',
        message: `the hosts of group web are to be touched again from 2026-11-23 03:30 UTC on; shop, blog went to ${OTHER} before, because the last sixth of the life of what it replaces there has begun`,
      },
    ]);
  });

  it('holds a host back where one of the certificates has to wait', async () => {
    await holds(OTHER, ['shop'], 30);
    await holds(CANARY, ['shop', 'blog'], 15);
    await deploy(windowed(), due, signal);
    expect(sentTo()).toEqual([[CANARY]]);
  });

  it.each([
    ['it replaces what is revoked', { reason: 'revoked' }, 1],
    ['a person says so', { ignoreWindow: true }, 0],
  ])('goes to all where %s', async (_, more, told) => {
    await holds(CANARY, due.names, 30);
    await holds(OTHER, due.names, 30);
    expect(await deploy(windowed(), { ...due, ...more }, signal)).toMatchObject({
      outcome: 'sent',
      sent: [OTHER],
    });
    expect(events.of('Deployment Window Overridden')).toHaveLength(told);
  });

  it('goes where what is there cannot be read', async () => {
    await holds(CANARY, due.names, 30);
    for (const key of store.keys().filter((one) => one.startsWith('archive/shop/'))) await store.remove(key);
    await deploy(windowed(), { ...due, names: ['shop'] }, signal);
    expect(events.of('Deployment Window Overridden')).toMatchObject([
      {
        names: ['shop'],
        message: expect.stringContaining('nobody knows when what it replaces there expires'),
      },
    ]);
  });

  it('never goes to the whole group, though it goes to more hosts than one command names', async () => {
    const ids = Array.from({ length: 60 }, (_, index) => `i-${String(index + 10).padStart(8, '0')}`);
    hosts.groups.set(
      'web',
      [CANARY, ...ids].map((instanceId) => ({ instanceId, online: true })),
    );
    await holds(CANARY, due.names, 30);
    await deploy(windowed(), due, signal);
    expect(sentTo().map((sent) => sent.length)).toEqual([1, 50, 9]);
    expect(sentTo().flat()).not.toContain(CANARY);
  });
});

describe('what new hosts get after a deployment', () => {
  const VERSION = '20261120T010000Z-3d4e5f';
  const listed = () =>
    parseGroupList(store.keys().includes('groups/web.json') ? store.text('groups/web.json') : undefined).map(
      ({ name, version }) => `${name} ${version}`,
    );
  beforeEach(async () => {
    const pointer = pointerOf(new Date('2027-01-01T00:00:00Z'), 90, { version: VERSION, hosts: ['web'] });
    for (const name of due.names) await store.put(`live/${name}.json`, pointerText(pointer));
  });

  it('is what one host came through with', async () => {
    await deploy(deps(), due, signal);
    expect(listed()).toEqual([`blog ${VERSION}`, `shop ${VERSION}`]);
  });

  it('is not what the first host fell back from', async () => {
    hosts.reports = () => failing({ reason: 'nginx-test-failed' });
    await deploy(deps(), due, signal);
    expect(listed()).toEqual([]);
    hosts.reports = () => failingInPart({ reason: 'hook-failed' });
    await deploy(deps(), due, signal);
    expect(listed()).toEqual([`blog ${VERSION}`]);
  });

  it.each([
    ['no host', []],
    ['no host online', [{ instanceId: CANARY, online: false }]],
  ])('is the live version where %s could go first', async (_, group) => {
    hosts.groups.set('web', group);
    await deploy(deps(), due, signal);
    expect(listed()).toEqual([`blog ${VERSION}`, `shop ${VERSION}`]);
  });

  it('replaces a revoked version whatever the first host says', async () => {
    hosts.reports = () => failing({ reason: 'nginx-test-failed' });
    await deploy(deps(), { ...due, reason: 'revoked' }, signal);
    expect(listed()).toEqual([`blog ${VERSION}`, `shop ${VERSION}`]);
  });

  it('is left to the next scan where it cannot be written, and nothing is sent twice', async () => {
    store.beforeWrite = (key) => {
      if (key.startsWith('groups/')) throw new StoreError('store-unavailable', 'no room');
    };
    const outcome = await deploy(deps(), due, signal).finally(() => {
      store.beforeWrite = () => {};
    });
    expect(outcome).toMatchObject({ outcome: 'sent', notListed: expect.stringContaining('no room') });
  });

  it('has nothing that the group may not read yet', async () => {
    const other = pointerOf(new Date('2027-01-01T00:00:00Z'), 90, { version: VERSION, hosts: ['api'] });
    await store.put('live/shop.json', pointerText(other));
    await deploy(deps(), due, signal);
    expect(listed()).toEqual([`blog ${VERSION}`]);
  });
});

describe('a confirmation', () => {
  const told = (id: string, status = 'Success') => ({
    detail: { 'command-id': 'c1', 'instance-id': id, status },
  });
  beforeEach(() => hosts.install({ group: web, names: due.names, instanceIds: [OTHER], allowedErrors: 0 }));

  it('writes down what the host reports and tells it', async () => {
    expect(await confirm(deps(), told(OTHER))).toMatchObject({ outcome: 'recorded', instanceId: OTHER });
    expect(Object.keys(record(OTHER).lineages)).toEqual(['shop', 'blog']);
    expect(events.types()).toEqual(['Certificate Deployed', 'Certificate Deployed']);
  });

  it('takes of a host only what it was sent, and what it leaves out for failed', async () => {
    const result = (name: string) => ({ name, version: 'v2', outcome: 'served' });
    hosts.reports = () => reportOf([result('shop'), result('bank'), { ...result('blog'), outcome: 'great' }]);
    await confirm(deps(), told(OTHER));
    expect(Object.keys(record(OTHER).lineages).sort()).toEqual(['blog', 'shop']);
    expect(record(OTHER).lineages).toMatchObject({
      shop: { outcome: 'served' },
      blog: { outcome: 'failed' },
    });
    expect(JSON.stringify(events.facts)).not.toContain('bank');
  });

  it('that comes twice tells it once', async () => {
    await confirm(deps(), told(OTHER));
    await confirm(deps(), told(OTHER));
    expect(events.facts).toHaveLength(2);
  });

  it('of several commands at once loses nothing', async () => {
    await hosts.install({ group: web, names: ['third'], instanceIds: [OTHER], allowedErrors: 0 });
    const second = { detail: { 'command-id': 'c2', 'instance-id': OTHER, status: 'Success' } };
    await Promise.all([confirm(deps(), told(OTHER)), confirm(deps(), second)]);
    expect(Object.keys(record(OTHER).lineages).sort()).toEqual(['blog', 'shop', 'third']);
  });

  it('leaves what still runs', async () => {
    hosts.reports = () => ({ status: 'waiting', statusDetails: 'InProgress', output: '' });
    expect(await confirm(deps(), told(OTHER))).toMatchObject({ outcome: 'left', reason: 'still-running' });
    expect(store.keys()).toEqual([]);
  });

  it.each([
    ['DeliveryTimedOut', 'ssm-delivery-timed-out', 'did not take the command'],
    ['Terminated', 'ssm-terminated', 'another host of the group failed'],
  ])(
    'of a host that ended with %s and no report tells each certificate of the command',
    async (statusDetails, reason, why) => {
      hosts.reports = () => ({ status: 'failed', statusDetails, output: '' });
      await confirm(deps(), told(OTHER, 'TimedOut'));
      expect(events.of('Certificate Deployment Failed')).toMatchObject(
        due.names.map((name) => ({ name, reason, message: expect.stringContaining(why) })),
      );
      expect(record(OTHER).lineages.blog).toMatchObject({ outcome: 'failed', reason });
    },
  );

  describe('of commands of which a newer one is recorded', () => {
    const AT = { c1: '2026-11-20T01:00:00.049Z', c2: '2026-11-20T01:05:00.049Z' };
    const event = (commandId: keyof typeof AT, requestedAt: unknown = AT[commandId]) => ({
      detail: {
        'command-id': commandId,
        'instance-id': OTHER,
        status: 'Success',
        'requested-date-time': requestedAt,
      },
    });
    const silent = { status: 'failed', statusDetails: 'DeliveryTimedOut', output: '' } as const;
    /** The first fails, the second comes through. */
    beforeEach(async () => {
      await hosts.install({ group: web, names: due.names, instanceIds: [OTHER], allowedErrors: 0 });
      const invocation = hosts.invocation.bind(hosts);
      hosts.invocation = async (commandId, instanceId) =>
        commandId === 'c1'
          ? { commandId, instanceId, group: 'web', ...silent }
          : invocation(commandId, instanceId);
    });

    it.each([
      ['late', ['c2', 'c1']],
      ['twice', ['c1', 'c2', 'c1']],
      ['again and again', ['c2', 'c1', 'c2', 'c1', 'c1']],
    ] as const)('changes and tells nothing, %s', async (_, order) => {
      for (const commandId of order) await confirm(deps(), event(commandId));
      expect(record(OTHER).lineages.shop).toMatchObject({
        commandId: 'c2',
        version: 'v2',
        outcome: 'served',
      });
      const failures = order[0] === 'c1' ? due.names.length : 0;
      expect(events.of('Certificate Deployment Failed')).toHaveLength(failures);
      expect(events.of('Certificate Deployed')).toHaveLength(due.names.length);
    });

    it('also for a worker whose clock is a day behind', async () => {
      await confirm(deps(), event('c2'));
      await confirm({ ...deps(), clock: () => new Date(NOW.getTime() - 86_400_000) }, event('c1'));
      expect(record(OTHER).lineages.shop).toMatchObject({ commandId: 'c2', outcome: 'served' });
    });

    it('adds what only the older one had, and leaves the host in its group of now', async () => {
      const { lineages } = recordResults(undefined, [{ name: 'shop', version: 'v2', outcome: 'served' }], {
        ...{ instanceId: OTHER, group: 'api', commandId: 'c2', at: NOW, requestedAt: new Date(AT.c2) },
      });
      await store.put(`hosts/${OTHER}.json`, JSON.stringify({ instanceId: OTHER, group: 'api', lineages }));
      await confirm(deps(), event('c1'));
      expect(record(OTHER)).toMatchObject({
        group: 'api',
        lineages: { shop: { commandId: 'c2' }, blog: { commandId: 'c1' } },
      });
    });

    it.each([
      ['in a record of before this was kept', undefined],
      ['in a record from a clock that was wrong', '2038-01-19T03:14:07.000Z'],
      ['that is no instant', 'yesterday'],
    ])('takes the event at its word where there is no time %s', async (_, requestedAt) => {
      const lineage = {
        version: 'v0',
        outcome: 'served',
        at: NOW.toISOString(),
        commandId: 'c0',
        requestedAt,
      };
      const kept = { instanceId: OTHER, group: 'web', lineages: { shop: lineage } };
      await store.put(`hosts/${OTHER}.json`, JSON.stringify(kept));
      await confirm(deps(), event('c2'));
      expect(record(OTHER).lineages.shop).toMatchObject({ commandId: 'c2', requestedAt: AT.c2 });
    });

    it.each([undefined, null, 7, 'soon', '2026-02-30T00:00:00Z'])(
      'goes by when the command began where its event says %j',
      async (requestedAt) => {
        const invocation = hosts.invocation.bind(hosts);
        hosts.invocation = async (commandId: keyof typeof AT, instanceId) => ({
          ...(await invocation(commandId, instanceId)),
          requestedAt: new Date(AT[commandId]),
        });
        for (const commandId of ['c2', 'c1'] as const) await confirm(deps(), event(commandId, requestedAt));
        expect(record(OTHER).lineages.shop).toMatchObject({ commandId: 'c2', outcome: 'served' });
      },
    );
  });

  it("leaves other people's commands", async () => {
    const foreign = { detail: { 'command-id': 'c9', 'instance-id': OTHER, status: 'Success' } };
    expect(await confirm(deps(), foreign)).toMatchObject({ outcome: 'left', reason: 'not-ours' });
    expect(store.keys()).toEqual([]);
  });

  it.each([undefined, null, {}, { detail: {} }, { detail: { 'command-id': 1 } }])(
    'refuses the event %j',
    async (event) => {
      await expect(confirm(deps(), event)).rejects.toMatchObject({
        name: 'InputError',
        reason: 'event-invalid',
      });
    },
  );

  it('mends a record that cannot be read', async () => {
    await store.put(`hosts/${OTHER}.json`, '{broken');
    expect(await confirm(deps(), told(OTHER))).toMatchObject({ outcome: 'recorded' });
    expect(Object.keys(record(OTHER).lineages)).toEqual(['shop', 'blog']);
  });
});
