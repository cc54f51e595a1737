import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { renewalInfoOf } from '../../lib/adapters/acme/renewal-info.ts';
import { InputError } from '../../lib/foundation/common/input-error.ts';
import { type Ca, issue, startCa } from './ca-fixture.ts';

const DAY = 86_400_000;
const PEBBLE_NOTES = { timeout: 10_000 };
let ca: Ca;
const ask = (certId: string) => renewalInfoOf({ timeoutMs: 2_000 })(ca.pebble.directoryUrl, certId);

beforeAll(async () => {
  ca = await startCa();
});

afterAll(() => ca?.pebble.stop());

describe('a CA that tells when to renew (RFC 9773)', () => {
  it('gives a window inside the life of its certificate, by the certId that we make', async () => {
    const { certId, notBefore, notAfter } = await issue(ca, { names: ['a.example.com'] });
    const advice = await ask(certId);
    expect(advice?.window.start.getTime()).toBeGreaterThan(notBefore.getTime() + 30 * DAY);
    expect(advice?.window.end.getTime()).toBeLessThan(notAfter.getTime());
    expect(advice?.retryAfterMs).toBe(6 * 3_600_000);
  });

  it('may move it into the past', async () => {
    const { certId, chains } = await issue(ca, { names: ['b.example.com'] });
    const suggestedWindow = { start: '2026-01-01T00:00:00Z', end: '2026-01-02T00:00:00Z' };
    await ca.pebble.setRenewalInfo(
      chains[0],
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
    const { certId, chains } = await issue(ca, { names: ['c.example.com'] });
    await ca.pebble.setRenewalInfo(chains[0], answer);
    await expect(ask(certId)).rejects.toThrow(InputError);
  });

  it('is not read on when it answers with megabytes', async () => {
    const { certId, chains } = await issue(ca, { names: ['d.example.com'] });
    await ca.pebble.setRenewalInfo(chains[0], `{"x":"${'a'.repeat(10_000_000)}"}`);
    await expect(ask(certId)).rejects.toMatchObject({ reason: 'ca-answer-malformed' });
  });

  it('refuses to hear of a certificate that it does not know', async () => {
    await expect(ask('aaaa.bbbb')).rejects.toMatchObject({ reason: 'acme-malformed' });
  });

  it('takes an order that replaces a certificate once', async () => {
    const { certId } = await issue(ca, { names: ['e.example.com'] });
    // Pebble gives out a certificate a moment before it notes its order, and which one that replaces.
    await vi.waitFor(() => issue(ca, { names: ['e.example.com'], replaces: certId }), PEBBLE_NOTES);
    await vi.waitFor(
      async () => expect(await readFile(ca.pebble.logFile, 'utf8')).toContain('has been marked as replaced'),
      PEBBLE_NOTES,
    );
    await expect(issue(ca, { names: ['e.example.com'], replaces: certId })).rejects.toMatchObject({
      reason: 'acme-already-replaced',
    });
  });
});
