import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GetChangeCommand } from '@aws-sdk/client-route-53';
import * as acme from 'acme-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalDns, startDns } from '../../local/dns/start.ts';
import { type Pebble, PebbleError, startPebble } from '../../local/pebble/start.ts';
import { changeOf, type LocalRoute53, startLocalRoute53 } from './local-route53.ts';

let local: LocalRoute53;
let dns: LocalDns;
let pebble: Pebble;

beforeAll(async () => {
  local = await startLocalRoute53({ propagationMs: 100 });
  dns = await startDns({ zones: local.route53.published });
  const dnsServer = `127.0.0.1:${dns.port}`;
  pebble = await startPebble({
    pebble: local.setup.pebble,
    dnsServer,
    dir: join(local.dir, 'ca'),
    retryAfter: { authz: 0, order: 0 },
    authzReuse: 0,
  });
  acme.axios.defaults.httpsAgent = new Agent({ ca: await readFile(pebble.tlsCaFile) });
});
afterAll(async () => {
  await pebble?.stop();
  await dns?.stop();
  await local?.stop();
});

describe('the CA', () => {
  it('issues a wildcard and its apex, proven by TXT values in Route 53', async () => {
    const zone = await local.createZone('example.com');
    const client = await newAccount();
    const { order, publish, finish } = await orderFor(client, ['example.com', '*.example.com'], 'tlsserver');
    const changeId = await local.change(
      zone.id,
      changeOf('CREATE', '_acme-challenge.example.com', 'TXT', ...publish),
    );
    await untilInsync(changeId);
    await finish();

    const [, csr] = await acme.crypto.createCsr({ altNames: ['example.com', '*.example.com'] });
    const finalized = await client.finalizeOrder(order, csr);
    const leaf = new X509Certificate(await client.getCertificate(finalized));
    expect(leaf.subjectAltName).toBe('DNS:example.com, DNS:*.example.com');
    const days = (leaf.validToDate.getTime() - leaf.validFromDate.getTime()) / 86_400_000;
    expect(days).toBeCloseTo(45, 2);
    expect(await pebble.roots()).toContain('BEGIN CERTIFICATE');
  });

  it('refuses a challenge whose TXT value is not published yet', async () => {
    const zone = await local.createZone('early.example');
    local.route53.setPropagation(60_000);
    const { publish, finish } = await orderFor(await newAccount(), ['early.example'], 'classic');
    await local.change(zone.id, changeOf('CREATE', '_acme-challenge.early.example', 'TXT', ...publish));
    await expect(finish()).rejects.toThrow(/unsuccessful response: 3/);
  });

  it('offers the profiles with their names', async () => {
    const answer = await acme.axios.get(pebble.directoryUrl);
    expect(Object.keys(answer.data.meta.profiles).sort()).toEqual(['classic', 'shortlived', 'tlsserver']);
  });

  it('that cannot start says where its log is', async () => {
    const dir = join(local.dir, 'broken');
    const starting = startPebble({ pebble: '/bin/false', dnsServer: '127.0.0.1:1', dir });
    await expect(starting).rejects.toThrow(
      new PebbleError(`Pebble did not start; see ${join(dir, 'pebble.log')}`),
    );
  });
});

async function newAccount(): Promise<acme.Client> {
  const accountKey = await acme.crypto.createPrivateEcdsaKey();
  const client = new acme.Client({
    directoryUrl: pebble.directoryUrl,
    accountKey,
    backoffMin: 50,
    backoffMax: 200,
  });
  await client.createAccount({ termsOfServiceAgreed: true, contact: ['mailto:someone@example.com'] });
  return client;
}

async function orderFor(client: acme.Client, names: string[], profile: string) {
  const identifiers = names.map((value) => ({ type: 'dns', value }));
  const order = await client.createOrder({ identifiers, profile } as Parameters<
    acme.Client['createOrder']
  >[0]);
  const authorizations = await client.getAuthorizations(order);
  const challenges = authorizations.map((authorization) => {
    const challenge = authorization.challenges.find(({ type }) => type === 'dns-01');
    if (!challenge) throw new Error(`no dns-01 challenge for ${authorization.identifier.value}`);
    return challenge;
  });
  const values = await Promise.all(
    challenges.map((challenge) => client.getChallengeKeyAuthorization(challenge)),
  );
  const finish = async () => {
    for (const challenge of challenges) await client.completeChallenge(challenge);
    for (const challenge of challenges) await client.waitForValidStatus(challenge);
  };
  return { order, publish: values.map((value) => `"${value}"`), finish };
}

async function untilInsync(changeId: string): Promise<void> {
  const command = new GetChangeCommand({ Id: changeId });
  while ((await local.client.send(command)).ChangeInfo?.Status !== 'INSYNC') await sleep(50);
}
