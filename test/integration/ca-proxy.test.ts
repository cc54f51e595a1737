import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { Agent } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as acme from 'acme-client';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CaProxy } from '../../local/pebble/ca-proxy.ts';
import { IssuedCertificates } from '../../local/pebble/issued.ts';
import { type Pebble, startPebble } from '../../local/pebble/start.ts';
import { ensureSetup } from '../../local/setup.ts';

let dir: string;
let pebble: Pebble;
let proxy: CaProxy;
let client: acme.Client;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'perennial-'));
  const program = (await ensureSetup()).pebble;
  const env = { PEBBLE_VA_ALWAYS_VALID: '1' };
  const retryAfter = { authz: 0, order: 0 };
  pebble = await startPebble({
    pebble: program,
    dnsServer: '127.0.0.1:1',
    dir,
    env,
    retryAfter,
    nonceReject: 0,
  });
  proxy = await CaProxy.start(pebble);
  acme.axios.defaults.httpsAgent = new Agent({ ca: await readFile(pebble.tlsCaFile) });
  Object.assign(acme.axios.defaults, {
    acmeSettings: { ...Reflect.get(acme.axios.defaults, 'acmeSettings'), retryMaxAttempts: 0 },
  });
  const accountKey = await acme.crypto.createPrivateEcdsaKey();
  client = new acme.Client({ directoryUrl: proxy.directoryUrl, accountKey });
  await client.createAccount({ termsOfServiceAgreed: true });
});
afterAll(async () => {
  await proxy?.stop();
  await pebble?.stop();
  await rm(dir, { recursive: true, force: true });
});
beforeEach(() => proxy.faults.clear());

const newOrder = (name: string) => client.createOrder({ identifiers: [{ type: 'dns', value: name }] });

describe("the CA's proxy", () => {
  it('lets a whole order through at its own address, and the CA tells what it issued', async () => {
    const csr = await acme.crypto.createCsr({ altNames: ['whole.example.com'] });
    const order = await newOrder('whole.example.com');
    expect(new URL(order.url).host).toBe(new URL(proxy.directoryUrl).host);
    const [authorization] = await client.getAuthorizations(order);
    const challenge = authorization?.challenges.find(({ type }) => type === 'dns-01');
    if (!authorization || !challenge) throw new Error('no challenge');
    await client.completeChallenge(challenge);
    await client.waitForValidStatus(challenge);
    await client.getCertificate(await client.finalizeOrder(order, csr[1]));
    expect(await new IssuedCertificates(pebble).list()).toMatchObject([{ names: ['whole.example.com'] }]);
  });

  it('loses the answer to a request that the CA has carried out', async () => {
    const before = proxy.count('newOrder');
    proxy.faults.add({ action: 'newOrder', effect: { kind: 'drop-after' } });
    await expect(newOrder('lost.example.com')).rejects.toThrow();
    expect(proxy.requests.filter(({ action }) => action === 'newOrder').at(-1)?.status).toBe(0);
    expect(proxy.count('newOrder')).toBe(before + 1);
    expect((await newOrder('lost.example.com')).status).toBe('pending');
  });

  it('changes an answer, and waits before it', async () => {
    proxy.faults.add({
      action: 'newOrder',
      effect: { kind: 'rewrite', answer: (given) => ({ ...given, body: '<html>' }) },
    });
    await expect(newOrder('html.example.com')).rejects.toThrow('<html>');
    let told = 0;
    const run = async () => {
      told += 1;
    };
    proxy.faults.add({ action: 'newOrder', nth: 1, effect: { kind: 'after', run } });
    await newOrder('after.example.com');
    expect(told).toBe(1);
  });

  it.each(['refused', 'not-tls'] as const)(
    'is down while its outage is "%s", and back afterwards',
    async (outage) => {
      await proxy.setOutage(outage);
      await expect(newOrder('down.example.com')).rejects.toThrow();
      await proxy.setOutage(undefined);
      expect((await newOrder('up.example.com')).status).toBe('pending');
    },
  );
});
