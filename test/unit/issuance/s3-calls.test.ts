import { beforeEach, expect, it } from 'vitest';
import { openAuthority } from '../../../lib/adapters/acme/accounts.ts';
import { nothingKept } from '../../../lib/adapters/acme/kept-accounts.ts';
import { newAccountKey } from '../../../lib/adapters/acme/stored-account.ts';
import { keepFormat } from '../../../lib/foundation/bucket/keep-format.ts';
import type { ObjectStore } from '../../../lib/foundation/bucket/object-store.ts';
import { accountKey } from '../../../lib/foundation/certificate/object-keys.ts';
import type { RenewalDue } from '../../../lib/foundation/events/events.ts';
import { renewBatch } from '../../../lib/issuance/renewal/renew-batch.ts';
import { parseStart, type Start, startOfFiles } from '../../../lib/scan/rules/trigger.ts';
import { scan } from '../../../lib/scan/scan.ts';
import { FakeHosts } from '../../fakes/fake-hosts.ts';
import { recordCalls } from '../../fakes/recorded-calls.ts';
import { makeWorld, type World } from './renewal-world.ts';

const DAY = 86_400_000;
const WEEKS = 60 * DAY;
const CREATED = startOfFiles([
  { 'detail-type': 'Object Created', detail: { object: { key: 'renewal/shop.json' } } },
]);
const FORCED = parseStart({ start: 'force', names: ['shop'] });
let world: World;
let calls: string[];
let store: ObjectStore;

beforeEach(async () => {
  world = await makeWorld();
  const { directoryUrl, accountUrl } = world.authority;
  const account = { key: newAccountKey(), url: accountUrl, contact: 'a@example.com' };
  await world.store.put(accountKey(directoryUrl), JSON.stringify(account));
  await openAuthority(directoryUrl, { ...freshProcess(), store: world.store });
  await keepFormat(world.store, { release: '1.0.0' });
  await world.want('shop', ['example.com']);
  calls = [];
  store = recordCalls(world.store, calls);
});

/** What `renew` keeps in a process. */
function freshProcess() {
  const parameters = { accountPrefix: '/perennial/accounts', eabPrefix: '/perennial/eab' };
  const person = { contact: 'a@example.com', agreeToTerms: true, caaIdentity: 'ca.test' };
  return { store, kept: nothingKept(), settings: { ...parameters, ...person } };
}

/** What a look at the certificate asks of the bucket. */
async function look(start: Start): Promise<string> {
  await keepFormat(store, { release: '1.0.0' });
  await scan(
    { ...world, store, hosts: new FakeHosts(), askRenewalInfo: async () => undefined },
    start,
    world.clock(),
  );
  return taken();
}

/** What the renewal that the last look put on the bus asks of the bucket. */
async function renew(accounts = freshProcess()): Promise<string> {
  const due = world.events.of('Renewal Due').at(-1) as RenewalDue;
  const open = async (ca: string) => {
    await openAuthority(ca, accounts);
    return world.authority;
  };
  const worker = { owner: 'run', signal: new AbortController().signal };
  const outcomes = await renewBatch({ ...world, store, openAuthority: open }, due, worker);
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(due.certificates.map(() => 'renewed'));
  return taken();
}

/** The calls since the last time, with what differs from run to run left out. */
function taken(): string {
  const left = calls.splice(0).map((call) =>
    call
      .replace(/\d{8}T\d{6}Z-[0-9a-f]{6}/, 'VERSION')
      .replace(/(orders\/)[0-9a-f]{64}/, '$1HASH')
      .replace(/ca\.test-[0-9a-f]{8}/, 'CA'),
  );
  return left.join('\n');
}

/** The sweep has removed the lock by then: what was issued for its set is older than a week. */
async function passWeeks(): Promise<void> {
  world.pass(WEEKS);
  for (const key of world.store.keys()) if (key.startsWith('orders/')) await world.store.remove(key);
}

it('a new file costs scan and renew these calls', async () => {
  expect(await look(CREATED)).toMatchInlineSnapshot(`
    "get format.json
    list pending/
    list revoked/
    list pins/
    get renewal/shop.json
    get live/shop.json
    get state/shop.json
    list archive/shop/
    get limits/CA.json
    get orders/HASH.json"
  `);
  expect(await renew()).toMatchInlineSnapshot(`
    "get limits/CA.json
    create pending/shop.json
    list accounts/keys/CA
    get renewal/shop.json
    get live/shop.json
    get state/shop.json
    get revoked/shop.json
    list archive/shop/
    get accounts/keys/CA.json
    get live/shop/fullchain.pem
    get account-urls/CA.json
    create orders/HASH.json
    replace pending/shop.json
    create archive/shop/VERSION/cert.pem
    create archive/shop/VERSION/chain.pem
    create archive/shop/VERSION/fullchain.pem
    create archive/shop/VERSION/privkey.pem
    create live/shop.json
    put live/shop/cert.pem
    put live/shop/chain.pem
    put live/shop/fullchain.pem
    put live/shop/privkey.pem
    put live/shop/bundle.pem
    replace orders/HASH.json
    remove pending/shop.json"
  `);
});

it('a renewal weeks later costs scan, and a new process of renew, these calls', async () => {
  await look(CREATED);
  await renew();
  await passWeeks();
  expect(await look(FORCED)).toMatchInlineSnapshot(`
    "get format.json
    list pending/
    list revoked/
    list pins/
    get renewal/shop.json
    get live/shop.json
    get state/shop.json
    get limits/CA.json
    get orders/HASH.json
    list acm/"
  `);
  expect(await renew()).toMatchInlineSnapshot(`
    "get limits/CA.json
    create pending/shop.json
    list accounts/keys/CA
    get renewal/shop.json
    get live/shop.json
    get state/shop.json
    get revoked/shop.json
    list archive/shop/
    list pins/
    get accounts/keys/CA.json
    get archive/shop/VERSION/fullchain.pem
    get account-urls/CA.json
    create orders/HASH.json
    replace pending/shop.json
    create archive/shop/VERSION/cert.pem
    create archive/shop/VERSION/chain.pem
    create archive/shop/VERSION/fullchain.pem
    create archive/shop/VERSION/privkey.pem
    replace live/shop.json
    put live/shop/cert.pem
    put live/shop/chain.pem
    put live/shop/fullchain.pem
    put live/shop/privkey.pem
    put live/shop/bundle.pem
    replace orders/HASH.json
    remove pending/shop.json"
  `);
});

it('a process of renew that has renewed before makes these calls', async () => {
  await look(CREATED);
  const accounts = freshProcess();
  await renew(accounts);
  await passWeeks();
  await look(FORCED);
  expect(await renew(accounts)).toMatchInlineSnapshot(`
    "get limits/CA.json
    create pending/shop.json
    list accounts/keys/CA
    get renewal/shop.json
    get live/shop.json
    get state/shop.json
    get revoked/shop.json
    list archive/shop/
    list pins/
    get archive/shop/VERSION/fullchain.pem
    create orders/HASH.json
    replace pending/shop.json
    create archive/shop/VERSION/cert.pem
    create archive/shop/VERSION/chain.pem
    create archive/shop/VERSION/fullchain.pem
    create archive/shop/VERSION/privkey.pem
    replace live/shop.json
    put live/shop/cert.pem
    put live/shop/chain.pem
    put live/shop/fullchain.pem
    put live/shop/privkey.pem
    put live/shop/bundle.pem
    replace orders/HASH.json
    remove pending/shop.json"
  `);
});

it('a batch asks once for what is not a certificate’s own', async () => {
  const names = ['shop', 'blog', 'mail'];
  for (const name of names) await world.want(name, [`${name}.example.com`]);
  await look(parseStart({ start: 'force', names }));
  await renew();
  await passWeeks();
  await look(parseStart({ start: 'force', names }));
  const all = (await renew()).split('\n');
  expect(all.filter((call) => !/(archive|live|orders|pending)\//.test(call))).toMatchInlineSnapshot(`
    [
      "get limits/CA.json",
      "list accounts/keys/CA",
      "get renewal/blog.json",
      "get state/blog.json",
      "get revoked/blog.json",
      "list pins/",
      "get accounts/keys/CA.json",
      "get renewal/mail.json",
      "get state/mail.json",
      "get revoked/mail.json",
      "get renewal/shop.json",
      "get state/shop.json",
      "get revoked/shop.json",
      "get account-urls/CA.json",
    ]
  `);
});

it('what was issued this week is read too, with its lock, and nothing twice', async () => {
  await look(CREATED);
  await renew();
  await look(FORCED);
  await renew();
  await look(FORCED);
  expect(
    (await renew()).split('\n').filter((call) => /(archive|orders)\//.test(call)),
  ).toMatchInlineSnapshot(`
    [
      "list archive/shop/",
      "get archive/shop/VERSION/fullchain.pem",
      "get orders/HASH.json",
      "replace orders/HASH.json",
      "get archive/shop/VERSION/fullchain.pem",
      "create archive/shop/VERSION/cert.pem",
      "create archive/shop/VERSION/chain.pem",
      "create archive/shop/VERSION/fullchain.pem",
      "create archive/shop/VERSION/privkey.pem",
      "replace orders/HASH.json",
    ]
  `);
});

it('a state costs one call more, which ends it', async () => {
  await look(CREATED);
  await renew();
  const suggested = { certId: world.live('shop').certId, at: world.clock().toISOString() };
  await world.store.put('state/shop.json', JSON.stringify({ failures: 0, suggested }));
  await look(FORCED);
  expect((await renew()).split('\n').filter((call) => call.includes('state/'))).toEqual([
    'get state/shop.json',
    'remove state/shop.json',
  ]);
  expect(world.store.keys()).not.toContain('state/shop.json');
});
