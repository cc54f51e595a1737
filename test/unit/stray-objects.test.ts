import { beforeEach, describe, expect, it } from 'vitest';
import { nodeRuntime } from '../../lib/adapters/node/runtime.ts';
import { confirm } from '../../lib/delivery/deployment/confirm.ts';
import { deploy } from '../../lib/delivery/deployment/deploy.ts';
import { StoreError } from '../../lib/foundation/bucket/object-store.ts';
import { limitsKey } from '../../lib/foundation/certificate/object-keys.ts';
import type { CheckSummary } from '../../lib/foundation/events/events.ts';
import { diagnose } from '../../lib/reporting/doctor/doctor.ts';
import { notify } from '../../lib/reporting/notices/notify.ts';
import { readStatus } from '../../lib/reporting/status/read-status.ts';
import { showStatus } from '../../lib/reporting/status/show-status.ts';
import { parseStart } from '../../lib/scan/rules/trigger.ts';
import { scan } from '../../lib/scan/scan.ts';
import { FakeHosts, reportOf } from '../fakes/fake-hosts.ts';
import { FakeValidatingResolver } from '../fakes/fake-validating-resolver.ts';
import type { MemoryStore } from '../fakes/memory-store.ts';
import { subscriptionsOf } from '../fakes/subscriptions.ts';
import { makeWorld, type World } from './issuance/renewal-world.ts';

const HOUR = 3_600_000;
const HOST = 'i-00000001';
const subscriptions = subscriptionsOf();
/** The bucket with one certificate, which is well. */
const sound = await makeWorld();
await sound.want('good', ['example.com'], { hosts: ['web'] });
await sound.renew(sound.due(['good']));
let world: World;
let store: MemoryStore;
let hosts: FakeHosts;
let mails: string[];

let passed = 0;

beforeEach(() => {
  mails = [];
  passed = 0;
  // What is told goes by the store's clock.
  store = sound.store.snapshot(() => new Date(sound.clock().getTime() + passed));
  world = { ...sound, store };
  hosts = new FakeHosts();
  hosts.groups.set('web', [{ instanceId: HOST, online: true }]);
  const { version } = sound.live('good');
  hosts.reports = () => reportOf([{ name: 'good', version, outcome: 'served' }]);
  world.events.facts.length = 0;
});

const deps = () => ({
  ...world,
  hosts,
  caaIssuer: async () => ({ identity: 'ca.test' }),
  describeAccount: async () => undefined,
  askRenewalInfo: async () => undefined,
  runtime: { ...nodeRuntime, sleep: async () => {} },
});
const look = (start: string) => scan(deps(), parseStart({ start }), world.clock());

const tell = (detail: CheckSummary) =>
  notify(
    {
      store,
      mailbox: { send: async ({ text }) => void mails.push(text) },
      stage: 'production',
      docsUrl: 'docs',
      clock: world.clock,
    },
    [{ time: detail.at, 'detail-type': 'Certificates Checked', detail }],
  );

/** Every function once, as the line runs them; what they say of the certificate that is well. */
async function everything() {
  const signal = new AbortController().signal;
  const said = [];
  for (const start of ['hourly-check', 'weekly-sweep', 'plan']) {
    const { certificates, batches, deployments, imports } = await look(start);
    said.push(certificates.find(({ name }) => name === 'good'));
    said.push(deployments.map(({ names }) => names));
    said.push(imports);
    for (const batch of batches) await world.renew(batch, { store });
  }
  for (const detail of world.events.of('Certificates Checked') as CheckSummary[]) await tell(detail);
  const due = { group: 'web', reason: 'asked', names: ['good'] };
  said.push((await deploy({ ...deps(), clock: () => world.clock() }, due, signal)).outcome);
  const detail = { 'command-id': 'c1', 'instance-id': HOST, status: 'Success' };
  said.push((await confirm({ ...deps(), clock: () => world.clock() }, { detail })).outcome);
  const status = await showStatus(
    { store, hosts, stack: world.stack, stage: 'test', region: 'eu-central-1', subscriptions },
    { page: true },
    world.clock(),
  );
  expect(status.page).toBe('status/index.html');
  const healths = await readStatus(
    { store, hosts, stack: world.stack },
    { now: world.clock(), readsAtOnce: 8 },
  );
  said.push(healths.find(({ name }) => name === 'good')?.health);
  const dns = { zonesOf: () => world.zones, resolver: world.resolver };
  const readDirectory = async () => ({ caaIdentity: 'ca.test', profiles: [] });
  const asked = { readDirectory, subscriptions, validating: new FakeValidatingResolver(), ...noInstances };
  const { findings } = await diagnose({ ...deps(), ...dns, ...asked }, undefined, world.clock());
  said.push(findings.filter(({ certificate }) => certificate === 'good').map(({ status }) => status));
  return JSON.stringify(said);
}

const FOLDERS = ['renewal', 'state', 'live', 'pending', 'revoked', 'pins', 'hosts', 'acm'];
const OTHER_FOLDERS = ['archive', 'orders', 'limits', 'probes', 'notices', 'status', 'aside', 'nobodys'];
const STRAYS = [
  '.DS_Store',
  'Read Me.json',
  '100%25.json',
  'überall.json',
  'line\nbreak.json',
  '\u0001\u0002.json',
  `${'long'.repeat(200)}.json`,
  '..json',
  '.json',
  'index.html',
];
/** Where our own objects stand, and what is in none of them. */
const OURS = [
  'other.json',
  `${HOST}.json`,
  'memory.json',
  'ca.test.json',
  'good/1/cert.pem',
  'good/notes.pem',
];
const JUNK = ['', 'null', '[]', '{"names":7}', '\u0000\ufffd'.repeat(200_000)];

const noInstances = { instances: { inGroup: async () => [] } };

describe('whatever somebody puts into the bucket costs itself only:', () => {
  /** Puts objects there that are long there. */
  async function litter(objects: Iterable<readonly [key: string, body: string]>) {
    const before = sound.store.snapshot(() => new Date(sound.clock().getTime() - 40 * 24 * HOUR));
    for (const [key, body] of objects) await before.put(key, body);
    store = before.snapshot(() => sound.clock());
    world = { ...sound, store };
  }
  let usual: string | undefined;
  beforeEach(async () => {
    usual ??= await everything();
    hosts.commands.length = 0;
    world.events.facts.length = 0;
  });

  it.each([...FOLDERS, ...OTHER_FOLDERS])('below %s/', async (folder) => {
    const names = [...STRAYS, ...OURS, '', 'deep/', 'deep/er/other.json'];
    await litter(
      names.map((name, index) => [
        `${folder}/${name}`,
        name.endsWith('/') ? '' : (JUNK[index % JUNK.length] ?? ''),
      ]),
    );
    expect(await everything()).toBe(usual);
  });

  it.each(JUNK.map((body) => [body.slice(0, 20), body]))('with the text %j', async (_, body) => {
    const ofOthers = FOLDERS.map((folder) => `${folder}/other.json`);
    const ofAll = ['index.json', 'notices/memory.json', `hosts/${HOST}.json`];
    const limits = limitsKey(world.authority.directoryUrl);
    await litter([...ofOthers, ...ofAll, limits, 'orders/0a1b.json'].map((key) => [key, body]));
    expect(await everything()).toBe(usual);
  });

  it.each(JUNK.map((body) => [body.slice(0, 20), body]))(
    'with the text %j as its own record of what was revoked, it goes on and is called unreadable',
    async (_, body) => {
      await litter([['revoked/good.json', body]]);
      const healthy = (said = '') =>
        said.replace('"unreadable"', '"ok"').replace(/"failing"(?=,"ok","failing")/, '"ok"');
      const said = await everything();
      expect(said).toContain('"unreadable"');
      expect(healthy(said)).toBe(usual);
    },
  );
});

it('hundreds of objects with the longest names that S3 takes still fit the event of a check', async () => {
  for (let index = 0; index < 300; index += 1)
    for (const folder of ['renewal', 'state'])
      await store.put(`${folder}/${String(index).padStart(3, '0')}${'\u0001'.repeat(1_000)}`, '');
  await look('hourly-check');
  const [checked] = world.events.of('Certificates Checked') as [CheckSummary];
  expect(checked.rejected.count).toBe(600);
  expect(Buffer.byteLength(JSON.stringify(checked))).toBeLessThan(200 * 1024);
});

describe('an object that is none of ours', () => {
  const stray = (key: string) => ({
    name: key,
    reason: 'stray-object',
    message: `${key} is no object of this stack; remove it, or upload it where it belongs`,
  });
  const strays = [...FOLDERS.filter((folder) => folder !== 'renewal'), 'orders'].map(
    (folder) => `${folder}/Read Me.json`,
  );

  it('is told by the plan, the check, the status, its page and a mail, until it is gone', async () => {
    for (const key of strays) await store.put(key, 'notes');
    const rejected = (await look('plan')).certificates.filter(({ action }) => action === 'reject');
    const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
    const wanted = strays.map(stray).sort(byName);
    expect(rejected.sort(byName)).toEqual(wanted.map((one) => expect.objectContaining(one)));
    await look('hourly-check');
    const [checked] = world.events.of('Certificates Checked') as [CheckSummary];
    expect(checked.certificates).toBe(1);
    expect([...checked.rejected.items].sort(byName)).toEqual(wanted);
    const statuses = await readStatus(
      { store, hosts, stack: world.stack },
      { now: world.clock(), readsAtOnce: 8 },
    );
    expect(statuses.filter(({ health }) => health === 'rejected').sort(byName)).toMatchObject(
      wanted.map(({ name, message }) => ({ name, trouble: message })),
    );
    await showStatus(
      { store, hosts, stack: world.stack, stage: 'test', region: 'eu-central-1', subscriptions },
      { page: true },
      world.clock(),
    );
    for (const key of strays) expect(store.text('status/index.html')).toContain(key);
    await tell(checked);
    expect(mails).toHaveLength(1);
    for (const key of strays) expect(mails[0]).toContain(`${key} does not belong there`);
    expect(mails[0]).not.toContain('doctor');
    for (let days = 1; days <= 3; days += 1) {
      passed += 25 * HOUR;
      const at = new Date(Date.parse(checked.at) + 25 * days * HOUR).toISOString();
      await tell({ ...checked, at });
    }
    expect(mails).toHaveLength(1);
    passed += HOUR;
    const at = new Date(Date.parse(checked.at) + 100 * HOUR).toISOString();
    await tell({ ...checked, at, rejected: { count: 0, items: [] } });
    expect(mails[1]).toContain('All clear');
  });

  it('is told by the weekly sweep where only that looks, until the next one', async () => {
    const swept = ['archive', 'limits', 'probes'].map((folder) => `${folder}/Read Me.json`);
    for (const key of swept) await store.put(key, 'notes');
    await look('weekly-sweep');
    await look('hourly-check');
    const [sweep, check] = world.events.of('Certificates Checked') as [CheckSummary, CheckSummary];
    expect(sweep.rejected.items).toEqual(swept.map(stray));
    expect(check.rejected.items).toEqual([]);
    await tell(sweep);
    for (const key of swept) expect(mails[0]).toContain(`${key} does not belong there`);
    const later = (hours: number, other: CheckSummary) => {
      passed = hours * HOUR;
      return tell({ ...other, at: new Date(Date.parse(sweep.at) + passed).toISOString() });
    };
    await later(1, check);
    expect(mails.join()).not.toContain('All clear');
    await later(2, { ...sweep, rejected: check.rejected });
    expect(mails.join()).toContain('All clear');
  });

  it('is none where a console made a folder', async () => {
    for (const folder of FOLDERS)
      for (const name of ['', 'folder/']) await store.put(`${folder}/${name}`, '');
    expect((await look('plan')).certificates.map(({ name }) => name)).toEqual(['good']);
  });

  it.each(['hosts/', 'acm/'])('holds up nothing where %s cannot be listed', async (folder) => {
    const list = store.list.bind(store);
    store.list = async (prefix, options) => {
      if (prefix === folder) throw new StoreError('store-unavailable', `could not list ${folder}`);
      return list(prefix, options);
    };
    const { certificates, warnings } = await look('hourly-check');
    expect(certificates.map(({ name, action }) => [name, action])).toEqual([['good', 'wait']]);
    expect(new Set(warnings)).toEqual(new Set([`could not list ${folder}`]));
  });

  it('costs no request more', async () => {
    await look('hourly-check');
    const asked: string[] = [];
    const list = store.list.bind(store);
    store.list = (prefix, options) => {
      asked.push(prefix);
      return list(prefix, options);
    };
    await look('hourly-check');
    // Locks of orders are listed for dead ones.
    expect(asked.sort()).toEqual([...FOLDERS, 'orders'].map((folder) => `${folder}/`).sort());
  });
});

describe('a renewal file in a folder of its own', () => {
  it('is rejected by name in the plan, the check, doctor and the status', async () => {
    await store.put('renewal/team-a/shop.json', '{ "names": ["shop.example.com"] }');
    const message =
      'renewal/team-a/shop.json: renewal files stand directly below renewal/; rename it, for example to renewal/shop.json';
    const rejected = { name: 'team-a/shop', reason: 'bad-lineage-name', message };
    expect((await look('plan')).certificates).toContainEqual({ ...rejected, action: 'reject' });
    await look('hourly-check');
    const [checked] = world.events.of('Certificates Checked') as [CheckSummary];
    expect(checked.rejected.items).toEqual([rejected]);
    await tell(checked);
    expect(mails[0]).toContain(message);
    const reads = { store, hosts, stack: world.stack };
    expect(await readStatus(reads, { now: world.clock(), readsAtOnce: 8 })).toContainEqual(
      expect.objectContaining({ name: 'team-a/shop', health: 'rejected', trouble: message }),
    );
    const readDirectory = async () => ({ caaIdentity: 'ca.test', profiles: [] });
    const asked = { readDirectory, subscriptions, validating: new FakeValidatingResolver(), ...noInstances };
    const { findings } = await diagnose({ ...deps(), ...asked }, undefined, world.clock());
    expect(findings).toContainEqual(
      expect.objectContaining({ certificate: 'team-a/shop', status: 'failing', seen: message }),
    );
  });
});
