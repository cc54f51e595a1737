import { beforeEach, describe, expect, it } from 'vitest';
import { confirm } from '../../../lib/delivery/deployment/confirm.ts';
import { groupListText, listedOf } from '../../../lib/delivery/deployment/rules/group-list.ts';
import { FakeHosts, reportOf } from '../../fakes/fake-hosts.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { pointerOf } from '../../fakes/pointers.ts';
import { RecordedEvents } from '../../fakes/recorded-events.ts';

const NOW = new Date('2026-11-20T02:00:00Z');
const VERSION = '20261120T010000Z-3d4e5f';
const HOST = 'i-00000001';
const ASSOCIATION = '0a1b2c3d-0000-4000-8000-000000000000';
const clock = () => NOW;
let store: MemoryStore;
let hosts: FakeHosts;
let events: RecordedEvents;

beforeEach(async () => {
  store = new MemoryStore(clock);
  hosts = new FakeHosts();
  events = new RecordedEvents();
  const pointer = pointerOf(new Date('2027-01-01T00:00:00Z'), 90, { version: VERSION });
  await store.put(
    'groups/web.json',
    groupListText(
      'web',
      ['shop', 'blog'].map((name) => listedOf(name, pointer)),
    ),
  );
});

type Ended = ReturnType<typeof reportOf>;
function ended(end: Omit<Ended, 'status'> & { status: Ended['status'] | 'waiting' }) {
  const invocation = { commandId: 'c9', instanceId: HOST, group: undefined, requestedAt: NOW, ...end };
  hosts.associations.set(`${ASSOCIATION} ${HOST}`, { group: 'web', invocation });
}
const told = () =>
  confirm(
    { store, hosts, events, clock },
    {
      'detail-type': 'EC2 State Manager Instance Association State Change',
      detail: { 'association-id': ASSOCIATION, 'instance-id': HOST, status: 'Success' },
    },
  );
const record = () => JSON.parse(store.text(`hosts/${HOST}.json`));
const isRecorded = () => store.keys().includes(`hosts/${HOST}.json`);
const result = (name: string) => ({ name, version: VERSION, outcome: 'installed-not-served' });

describe("a confirmation of a run by the group's list", () => {
  it('writes down what the host installed, as of a command, and tells it', async () => {
    ended(reportOf([result('shop')]));
    expect(await told()).toMatchObject({ outcome: 'recorded', associationId: ASSOCIATION });
    expect(record()).toMatchObject({
      group: 'web',
      lineages: { shop: { version: VERSION, outcome: 'installed-not-served', commandId: 'c9' } },
    });
    expect(events.of('Certificate Deployed')).toMatchObject([{ name: 'shop', group: 'web' }]);
    await told();
    expect(events.facts).toHaveLength(1);
  });

  it('believes a host nothing of what is not on the list of its group', async () => {
    ended(reportOf([result('shop'), result('bank')]));
    await told();
    expect(Object.keys(record().lineages)).toEqual(['shop']);
  });

  it('tells of each certificate that the run could not begin, and why', async () => {
    ended({
      status: 'failed',
      statusDetails: 'Failed',
      output: '{"perennial":1,"reason":"access-denied","message":"groups/web.json: 403","results":[]}',
    });
    await told();
    expect(events.of('Certificate Deployment Failed')).toMatchObject([
      { name: 'blog', reason: 'access-denied' },
      { name: 'shop', reason: 'access-denied' },
    ]);
  });

  it('tells of each certificate that the host ended without a report', async () => {
    ended({ status: 'failed', statusDetails: 'ExecutionTimedOut', output: '' });
    await told();
    expect(events.of('Certificate Deployment Failed')).toHaveLength(2);
    expect(record().lineages.shop).toMatchObject({ reason: 'ssm-execution-timed-out' });
  });

  it.each<[string, string, () => unknown]>([
    ['a run that found nothing to do', 'nothing-new', () => ended(reportOf([]))],
    [
      'a run that met another, which reports by itself',
      'nothing-new',
      () =>
        ended({
          status: 'failed',
          statusDetails: 'Failed',
          output: '{"perennial":1,"reason":"locked","message":"busy","results":[]}',
        }),
    ],
    [
      'a run before there is a list',
      'nothing-new',
      async () => {
        await store.remove('groups/web.json');
        ended({ status: 'failed', statusDetails: 'Failed', output: '' });
      },
    ],
    [
      'a run that goes on',
      'still-running',
      () => ended({ status: 'waiting', statusDetails: 'InProgress', output: '' }),
    ],
    ['an association of others', 'not-ours', () => {}],
  ])('leaves %s', async (_, reason, meanwhile) => {
    await meanwhile();
    expect(await told()).toMatchObject({ outcome: 'left', reason });
    expect(isRecorded()).toBe(false);
    expect(events.facts).toEqual([]);
  });
});
