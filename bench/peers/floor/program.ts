import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import acme from 'acme-client';
import { AcmeRequests } from './acme-requests.ts';

const CONNECTIONS = 16;
const LOOK_AGAIN_MS = 5;

interface Order {
  url: string;
  status: string;
  authorizations: string[];
  finalize: string;
  certificate: string;
}

/**
 * What no client can do without, for certificates all at once: an order, its authorization, the answer to its challenge,
 * finalize and the download, at the least one look at the order, and the propagation of all TXT values in one change. Account,
 * connections, nonces, keys and CSRs are there before; nothing is stored, verified or cleaned up in the time that is measured.
 */
async function measureFloor(names: string[], options: { directory: string; zone: string; wait: number }) {
  const client = await AcmeRequests.open(options.directory, CONNECTIONS);
  const csrs = new Map<string, string>();
  for (const name of names) csrs.set(name, await derOf(name));
  const askedBefore = client.count;
  const cpuBefore = process.cpuUsage();
  const startedAt = performance.now();
  const proofs = await Promise.all(names.map((name) => openOrder(client, name)));
  await changeRecords('CREATE', options.zone, proofs);
  if (options.wait > 0) await sleep(options.wait + LOOK_AGAIN_MS);
  await Promise.all(proofs.map((proof) => complete(client, proof, csrs.get(proof.name) ?? '')));
  const wallMs = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpuBefore);
  const counted = { caRequests: client.count - askedBefore, route53Calls: 1 };
  await changeRecords('DELETE', options.zone, proofs);
  client.close();
  const peakMb = process.resourceUsage().maxRSS / 1024;
  return { wallMs, cpuMs: (user + system) / 1000, peakMb, counted };
}

interface Proof {
  name: string;
  order: Order;
  challengeUrl: string;
  txt: string;
}

async function openOrder(client: AcmeRequests, name: string): Promise<Proof> {
  const { location, body } = await client.post(client.newOrder, {
    identifiers: [{ type: 'dns', value: name }],
    profile: 'classic',
  });
  const order: Order = { ...JSON.parse(body), url: location };
  const authorization = JSON.parse((await client.post(order.authorizations[0] ?? '')).body);
  const challenges = authorization.challenges as { type: string; url: string; token: string }[];
  const { url = '', token = '' } = challenges.find(({ type }) => type === 'dns-01') ?? {};
  const thumbprint = createHash('sha256').update(client.jwk).digest('base64url');
  const txt = createHash('sha256').update(`${token}.${thumbprint}`).digest('base64url');
  return { name, order, challengeUrl: url, txt };
}

async function complete(client: AcmeRequests, { order, challengeUrl, name }: Proof, csr: string) {
  await client.post(challengeUrl, {});
  await untilOrder(client, order.url, ['ready']);
  const finalized: Order = JSON.parse((await client.post(order.finalize, { csr })).body);
  const valid = finalized.status === 'valid' ? finalized : await untilOrder(client, order.url, ['valid']);
  const { body } = await client.post(valid.certificate);
  if (!body.startsWith('-----BEGIN CERTIFICATE-----')) throw new Error(`no certificate came for ${name}`);
}

async function untilOrder(client: AcmeRequests, url: string, wanted: string[]): Promise<Order> {
  for (;;) {
    const order: Order = JSON.parse((await client.post(url)).body);
    if (wanted.includes(order.status)) return order;
    if (order.status === 'invalid') throw new Error(`${url} has become invalid`);
    await sleep(LOOK_AGAIN_MS);
  }
}

async function derOf(name: string): Promise<string> {
  const [, csr] = await acme.crypto.createCsr({ altNames: [name] });
  return acme.crypto.getPemBodyAsB64u(csr);
}

/** One change for all values; by hand, as an SDK's start would be counted. */
async function changeRecords(action: 'CREATE' | 'DELETE', zone: string, proofs: Proof[]): Promise<void> {
  const { AWS_ENDPOINT_URL, AWS_ACCESS_KEY_ID } = process.env;
  const change = ({ name, txt }: Proof) =>
    `<Change><Action>${action}</Action><ResourceRecordSet><Name>_acme-challenge.${name}</Name><Type>TXT</Type><TTL>60</TTL>` +
    `<ResourceRecords><ResourceRecord><Value>&quot;${txt}&quot;</Value></ResourceRecord></ResourceRecords></ResourceRecordSet></Change>`;
  const body =
    '<ChangeResourceRecordSetsRequest xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><ChangeBatch><Changes>' +
    `${proofs.map(change).join('')}</Changes></ChangeBatch></ChangeResourceRecordSetsRequest>`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${AWS_ACCESS_KEY_ID}/20260101/us-east-1/route53/aws4_request`;
  const url = `${AWS_ENDPOINT_URL}/2013-04-01/hostedzone/${zone}/rrset`;
  const answer = await fetch(url, { method: 'POST', headers: { authorization }, body });
  if (!answer.ok) throw new Error(`Route 53 did not take the change: ${await answer.text()}`);
}

const { values, positionals } = parseArgs({
  options: {
    directory: { type: 'string', default: '' },
    zone: { type: 'string', default: '' },
    wait: { type: 'string', default: '0' },
  },
  allowPositionals: true,
});
console.log(JSON.stringify(await measureFloor(positionals, { ...values, wait: Number(values.wait) })));
