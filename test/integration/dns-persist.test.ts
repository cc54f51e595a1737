import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { openAuthority } from '../../lib/adapters/acme/accounts.ts';
import { renewBatch } from '../../lib/issuance/renewal/renew-batch.ts';
import { type Listener, listen } from '../../local/dns/listen.ts';
import { reply } from '../../local/dns/reply.ts';
import { type Pebble, startPebble } from '../../local/pebble/start.ts';
import { makeRunDir } from '../../local/run-dir.ts';
import { ensureSetup } from '../../local/setup.ts';
import { MemoryStore } from '../fakes/memory-store.ts';
import { makeWorld, type World } from '../unit/issuance/renewal-world.ts';

let dns: Listener;
let ca: Pebble;
let world: World;
const store = new MemoryStore();
const asked: string[] = [];

beforeAll(async () => {
  // The public DNS shows what stands in the world's zones.
  dns = await listen('127.0.0.1', 0, async ({ name: absolute, type }) => {
    const name = absolute.replace(/\.$/, '');
    asked.push(`${type} ${name}`);
    const values = type === 'TXT' ? world.zones.values(name, 'TXT') : [];
    const answers = values.map((value) => ({ name, type: 'TXT' as const, ttl: 1, data: value.slice(1, -1) }));
    return reply('NOERROR', { answers });
  });
  const [setup, dir] = await Promise.all([ensureSetup(), makeRunDir()]);
  ca = await startPebble({
    pebble: setup.pebble,
    dnsServer: `127.0.0.1:${dns.port}`,
    dir: join(dir, 'pebble'),
    retryAfter: { authz: 0, order: 0 },
    authzReuse: 0,
    env: { PEBBLE_VA_NOSLEEP: '1' },
  });
  setDefaultCACertificates([...getCACertificates('default'), await readFile(ca.tlsCaFile, 'utf8')]);
});
beforeEach(async () => {
  world = await makeWorld();
});
afterAll(async () => {
  await ca?.stop();
  await dns?.close();
});

const settings = {
  accountPrefix: '/accounts',
  eabPrefix: '/eab',
  contact: 'you@example.com',
  agreeToTerms: true,
  caaIdentity: undefined,
};
const renew = async () => {
  const [outcome] = await renewBatch(
    {
      ...world,
      clock: () => new Date(Date.now() + 1_000),
      openAuthority: (directoryUrl) => openAuthority(directoryUrl, { store, settings }),
      stack: { ...world.stack, defaultCa: ca.directoryUrl },
    },
    {
      ca: ca.directoryUrl,
      zoneIds: [],
      certificates: [{ name: 'shop', reason: 'forced', replacing: world.live('shop')?.version ?? null }],
    },
    { owner: randomBytes(4).toString('hex'), signal: new AbortController().signal },
  );
  return outcome;
};
const messageOf = (outcome: Awaited<ReturnType<typeof renew>>) =>
  outcome && 'message' in outcome ? outcome.message : '';

it('the record that is told is the one that the CA believes, for a wildcard too, and nothing is written to the DNS', async () => {
  const host = `${randomBytes(4).toString('hex')}.example.com`;
  const wanted = { challenge: 'dns-persist-01', profile: 'classic', caa: { mode: 'off' } };
  await world.want('shop', [host, `*.${host}`], wanted);
  const first = await renew();
  expect(first).toMatchObject({ outcome: 'failed', reason: 'standing-record-missing' });
  const [, value = ''] = /TXT there: "(.*)"$/.exec(messageOf(first)) ?? [];
  expect(value).toMatch(/^pebble\.letsencrypt\.org; accounturi=https:\S+; policy=wildcard$/);
  const name = `_validation-persist.${host}`;
  const set = { name, type: 'TXT' as const, ttl: 60, values: [`"${value}"`] };
  await world.zones.change('ZEXAMPLECOM', [{ action: 'CREATE', set }]);
  for (const _ of ['issued', 'renewed']) expect(await renew()).toMatchObject({ outcome: 'renewed' });
  expect(world.zones.batches).toHaveLength(1);
  expect(asked).toContain(`TXT ${name}`);
  expect(asked.filter((question) => question.includes('_acme-challenge'))).toEqual([]);
});
