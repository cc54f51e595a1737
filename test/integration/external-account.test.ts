import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { inspect } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openAuthority } from '../../lib/adapters/acme/accounts.ts';
import { type Pebble, startPebble } from '../../local/pebble/start.ts';
import { makeRunDir } from '../../local/run-dir.ts';
import { ensureSetup } from '../../local/setup.ts';
import { MemoryStore } from '../fakes/memory-store.ts';

const HMAC_KEY = randomBytes(32).toString('base64url');
const EAB = 'accounts/eab/127.0.0.1.json';
let pebble: Pebble;
let kept: MemoryStore;

beforeAll(async () => {
  const [setup, dir] = await Promise.all([ensureSetup(), makeRunDir()]);
  pebble = await startPebble({
    pebble: setup.pebble,
    dnsServer: '127.0.0.1:1',
    dir: join(dir, 'pebble'),
    externalAccounts: { 'kid-1': HMAC_KEY },
  });
  setDefaultCACertificates([...getCACertificates('default'), await readFile(pebble.tlsCaFile, 'utf8')]);
});
beforeEach(() => {
  kept = new MemoryStore();
});
afterAll(() => pebble?.stop());

const open = () =>
  openAuthority(pebble.directoryUrl, {
    store: kept,
    settings: {
      accountPrefix: '/perennial/test/acme-account',
      eabPrefix: '/perennial/test/eab',
      contact: 'you@example.com',
      agreeToTerms: true,
      caaIdentity: undefined,
    },
  });

/** All that an error would show in a log. */
async function refusal(): Promise<{ reason?: string; message: string; shown: string }> {
  const error = await open().then(
    () => new Error('not refused'),
    (caught: Error) => caught,
  );
  return { ...error, message: error.message, shown: inspect(error, { depth: 9 }) };
}

describe('an account at a CA that binds it to an external one', () => {
  it('is made with the key that the user put into the bucket, and found again without it', async () => {
    await kept.put(EAB, JSON.stringify({ kid: 'kid-1', hmacKey: HMAC_KEY }));
    const order = await (await open()).createOrder({ names: ['example.com'], profile: 'classic' });
    expect(order.status).toBe('pending');
    await kept.remove(EAB);
    expect((await (await open()).order(order.url)).status).toBe('pending');
  });

  it('is not made without one: one line says how to put it there', async () => {
    const { reason, message } = await refusal();
    expect(reason).toBe('external-account-missing');
    expect(message).toMatch(/^the CA 127\.0\.0\.1:\d+ makes accounts for its customers only; put the key/);
    expect(message).toContain(`npx --no-install perennial-tls eab KID --ca ${pebble.directoryUrl} < FILE`);
    expect(message).not.toContain('\n');
    expect(kept.keys()).toEqual([]);
  });

  it.each([
    ['is not JSON', `kid-1:${HMAC_KEY}`],
    ['lacks the identifier', JSON.stringify({ hmacKey: HMAC_KEY })],
    ['has another key beside', JSON.stringify({ kid: 'kid-1', hmacKey: HMAC_KEY, x: 1 })],
    ['has a key with a line break', JSON.stringify({ kid: 'kid-1', hmacKey: `${HMAC_KEY}\n` })],
  ])('is not made where what was put there %s, and the key is not shown', async (_, text) => {
    await kept.put(EAB, text);
    const { reason, message, shown } = await refusal();
    expect(reason).toBe('external-account-malformed');
    expect(message).toContain(`${EAB}: `);
    expect(shown).not.toContain(HMAC_KEY);
  });

  it.each([
    ['is for another identifier', { kid: 'kid-2', hmacKey: HMAC_KEY }],
    ['is not that of the CA', { kid: 'kid-1', hmacKey: randomBytes(32).toString('base64url') }],
  ])('is refused by the CA where the key %s, and the key is not shown', async (_, given) => {
    await kept.put(EAB, JSON.stringify(given));
    const { reason, shown } = await refusal();
    expect(reason).toBe('acme-unauthorized');
    expect(shown).not.toContain(given.hmacKey);
  });
});
