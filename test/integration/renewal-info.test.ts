import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openAuthority } from '../../lib/acme/accounts.ts';
import { renewalInfoOf } from '../../lib/acme/renewal-info.ts';
import { verifyIssued } from '../../lib/core/certificate.ts';
import { InputError } from '../../lib/core/input-error.ts';
import type { CertificateAuthority } from '../../lib/ports/certificate-authority.ts';
import { generateKey } from '../../lib/steps/renew/new-order.ts';
import { type Pebble, startPebble } from '../../local/pebble/start.ts';
import { makeRunDir } from '../../local/run-dir.ts';
import { ensureSetup } from '../../local/setup.ts';

const DAY = 86_400_000;
let pebble: Pebble;
let authority: CertificateAuthority;
const ask = (certId: string) => renewalInfoOf({ timeoutMs: 2_000 })(pebble.directoryUrl, certId);

beforeAll(async () => {
  const [setup, dir] = await Promise.all([ensureSetup(), makeRunDir()]);
  pebble = await startPebble({
    pebble: setup.pebble,
    dnsServer: '127.0.0.1:1',
    dir: join(dir, 'pebble'),
    retryAfter: { authz: 0, order: 0 },
    env: { PEBBLE_VA_ALWAYS_VALID: '1' },
  });
  setDefaultCACertificates([...getCACertificates('default'), await readFile(pebble.tlsCaFile, 'utf8')]);
  const kept = new Map<string, string>();
  authority = await openAuthority(pebble.directoryUrl, {
    store: {
      get: async (name) => kept.get(name),
      create: async (name, value) => Boolean(kept.set(name, value)),
    },
    settings: { prefix: '/test', contact: 'you@example.com', agreeToTerms: true, caaIdentity: undefined },
  });
});

afterAll(() => pebble?.stop());

async function issue(names: string[], replaces?: string) {
  const key = await generateKey('ecdsa-p256');
  let order = await authority.createOrder({ names, profile: 'classic', replaces });
  for (const url of order.authorizations) {
    const { challenge, status } = await authority.authorization(url);
    if (challenge && status === 'pending') await authority.answerChallenge(challenge.url);
  }
  while (order.status === 'pending') order = await again(order.url);
  await authority.finalize(order, { key, names });
  while (order.status !== 'valid') order = await again(order.url);
  const pem = await authority.certificate(order);
  return { pem, ...verifyIssued(pem, { key, names, now: new Date(Date.now() + 1_000) }).facts };
}

async function again(url: string) {
  await sleep(20);
  return authority.order(url);
}

describe('a CA that tells when to renew (RFC 9773)', () => {
  it('gives a window inside the life of its certificate, by the certId that we make', async () => {
    const { certId, notBefore, notAfter } = await issue(['a.example.com']);
    const advice = await ask(certId);
    expect(advice?.window.start.getTime()).toBeGreaterThan(notBefore.getTime() + 30 * DAY);
    expect(advice?.window.end.getTime()).toBeLessThan(notAfter.getTime());
    expect(advice?.retryAfterMs).toBe(6 * 3_600_000);
  });

  it('may move it into the past', async () => {
    const { certId, pem } = await issue(['b.example.com']);
    const suggestedWindow = { start: '2026-01-01T00:00:00Z', end: '2026-01-02T00:00:00Z' };
    await pebble.setRenewalInfo(
      pem,
      JSON.stringify({ suggestedWindow, explanationURL: 'https://ca.test/incident' }),
    );
    expect(await ask(certId)).toMatchObject({
      window: { start: new Date('2026-01-01T00:00:00Z') },
      explanationUrl: 'https://ca.test/incident',
    });
  });

  it.each([
    ['broken JSON', '{"suggestedWindow"'],
    [
      'a window that ends before it starts',
      '{"suggestedWindow":{"start":"2026-01-02T00:00:00Z","end":"2026-01-01T00:00:00Z"}}',
    ],
    ['a page', '<html></html>'],
  ])('is not believed with %s', async (_, answer) => {
    const { certId, pem } = await issue(['c.example.com']);
    await pebble.setRenewalInfo(pem, answer);
    await expect(ask(certId)).rejects.toThrow(InputError);
  });

  it('is not read on when it answers with megabytes', async () => {
    const { certId, pem } = await issue(['d.example.com']);
    await pebble.setRenewalInfo(pem, `{"x":"${'a'.repeat(10_000_000)}"}`);
    await expect(ask(certId)).rejects.toMatchObject({ reason: 'ca-answer-malformed' });
  });

  it('refuses to hear of a certificate that it does not know', async () => {
    await expect(ask('aaaa.bbbb')).rejects.toMatchObject({ reason: 'acme-malformed' });
  });

  it('takes an order that replaces a certificate once', async () => {
    const { certId } = await issue(['e.example.com']);
    await issue(['e.example.com'], certId);
    await expect(issue(['e.example.com'], certId)).rejects.toMatchObject({ reason: 'acme-already-replaced' });
  });
});
