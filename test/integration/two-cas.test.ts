import { randomBytes } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openAuthority } from '../../lib/adapters/acme/accounts.ts';
import { renewBatch } from '../../lib/issuance/renewal/renew-batch.ts';
import { parseStart } from '../../lib/scan/rules/trigger.ts';
import { scan } from '../../lib/scan/scan.ts';
import { CaProxy } from '../../local/pebble/ca-proxy.ts';
import { IssuedCertificates } from '../../local/pebble/issued.ts';
import { type Pebble, startPebble } from '../../local/pebble/start.ts';
import { makeRunDir } from '../../local/run-dir.ts';
import { ensureSetup } from '../../local/setup.ts';
import { FakeHosts } from '../fakes/fake-hosts.ts';
import { MemoryStore } from '../fakes/memory-store.ts';
import { makeWorld, type World } from '../unit/issuance/renewal-world.ts';

const HOUR = 3_600_000;
const IDENTITY = 'pebble.letsencrypt.org';
/** The CA believes every proof. */
let ca: Pebble;
let other: Pebble;
let proxy: CaProxy;
let world: World;
const store = new MemoryStore();

beforeAll(async () => {
  const [setup, dir] = await Promise.all([ensureSetup(), makeRunDir()]);
  const start = async (name: string, env: Record<string, string>) => {
    await mkdir(join(dir, name), { recursive: true });
    const pebble = await startPebble({
      pebble: setup.pebble,
      dnsServer: '127.0.0.1:1',
      dir: join(dir, name),
      retryAfter: { authz: 0, order: 0 },
      nonceReject: 0,
      authzReuse: 0,
      env,
    });
    const trusted = await readFile(pebble.tlsCaFile, 'utf8');
    setDefaultCACertificates([...getCACertificates('default'), trusted]);
    return pebble;
  };
  ca = await start('ca', { PEBBLE_VA_ALWAYS_VALID: '1' });
  other = await start('other', { PEBBLE_VA_ALWAYS_VALID: '1' });
  proxy = await CaProxy.start(ca);
});
beforeEach(async () => {
  proxy.faults.clear();
  world = await makeWorld();
});
afterAll(async () => {
  await proxy?.stop();
  for (const pebble of [ca, other]) await pebble?.stop();
});

const settings = {
  accountPrefix: '/accounts',
  eabPrefix: '/eab',
  contact: 'you@example.com',
  agreeToTerms: true,
  caaIdentity: undefined,
};

/** The steps in memory, the CAs real, the time the CAs' own. */
const deps = () => ({
  ...world,
  clock: () => new Date(Date.now() + 1_000),
  openAuthority: (directoryUrl: string) => openAuthority(directoryUrl, { store, settings }),
  caaIssuer: async () => ({ identity: IDENTITY }),
  stack: { ...world.stack, defaultCa: proxy.directoryUrl },
});
const renew = (name: string, { at = proxy.directoryUrl }: { at?: string } = {}) =>
  renewBatch(
    deps(),
    { ca: at, zoneIds: [], certificates: [{ name, reason: 'never-issued', replacing: null }] },
    { owner: randomBytes(4).toString('hex'), signal: new AbortController().signal },
  );
/** A name that no other test orders. */
const fresh = () => `${randomBytes(4).toString('hex')}.example.com`;
const issuedBy = async (pebble: Pebble, name: string) =>
  (await new IssuedCertificates(pebble).list()).filter(({ names }) => names.includes(name)).length;

describe('row 4: the answer to newOrder is lost', () => {
  it('by a CA that gives another order: asked again in the same run, and one certificate is issued', async () => {
    const name = fresh();
    await world.want('shop', [name], { profile: 'classic' });
    const before = proxy.count('newOrder');
    proxy.faults.add({ action: 'newOrder', effect: { kind: 'drop-after' } });
    expect(await renew('shop')).toMatchObject([{ outcome: 'renewed' }]);
    expect(proxy.count('newOrder')).toBe(before + 2);
    expect(await issuedBy(ca, name)).toBe(1);
  });
});

describe('row 14: a CA that is down', () => {
  it('is remembered by each failure, and the next of the list issues', async () => {
    const name = fresh();
    await world.want('shop', [name], { profile: 'classic', ca: [proxy.directoryUrl, other.directoryUrl] });
    await proxy.setOutage('refused');
    expect(await renew('shop')).toMatchObject([{ outcome: 'failed', reason: 'ca-unreachable' }]);
    const state = JSON.parse(world.store.text('state/shop.json'));
    expect(state.cas[proxy.directoryUrl]).toMatchObject({ failures: 1 });
    // Two tries more, and a day.
    Object.assign(state.cas[proxy.directoryUrl], {
      failures: 3,
      since: new Date(Date.now() - 25 * HOUR).toISOString(),
    });
    await world.store.put('state/shop.json', JSON.stringify(state));
    const scanned = {
      ...deps(),
      hosts: new FakeHosts(),
      askRenewalInfo: async () => undefined,
    };
    const plan = await scan(scanned, parseStart({ start: 'hourly-check' }), new Date());
    expect(plan.batches).toMatchObject([{ ca: other.directoryUrl }]);
    expect(plan.certificates).toMatchObject([{ ca: { reason: 'others-stay-down' } }]);
    expect(await renew('shop', { at: other.directoryUrl })).toMatchObject([{ outcome: 'renewed' }]);
    await proxy.setOutage(undefined);
    expect(await issuedBy(other, name)).toBe(1);
  });
});
