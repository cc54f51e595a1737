import { beforeEach, describe, expect, it } from 'vitest';
import { showFrom } from '../../../cli/commands/show.ts';
import { pointerText } from '../../../lib/foundation/certificate/live-pointer.ts';
import { mostSimilar } from '../../../lib/foundation/common/most-similar.ts';
import type { PlannedCertificate } from '../../../lib/scan/rules/plan.ts';
import { FakeHosts } from '../../fakes/fake-hosts.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { pointerOf } from '../../fakes/pointers.ts';
import { hostGroup, stackOf } from '../../fakes/stack.ts';

const NOW = new Date('2026-11-20T02:00:00Z');
const VERSION = '20260101T000000Z-0a1b2c';
const FILE = '{ "names": ["example.com"] }';
let store: MemoryStore;
const hosts = new FakeHosts();
let next: PlannedCertificate | undefined;
const reads = () => ({
  store,
  hosts,
  stack: stackOf({ hostGroups: [hostGroup('web')] }),
  decide: async () => next,
});

beforeEach(async () => {
  store = new MemoryStore(() => NOW);
  await store.put('renewal/shop.json', FILE);
  const pointer = pointerOf(new Date('2027-01-30T00:00:00Z'), 90, { version: VERSION });
  await store.put('live/shop.json', pointerText(pointer));
  await store.put(`archive/shop/${VERSION}/cert.pem`, 'x');
});

describe('show', () => {
  it('has the file, what is live and the versions', async () => {
    const { text, json, ok } = await showFrom(reads(), 'shop', NOW);
    expect(text).toMatch(/^status: ok\n/);
    expect(text).toContain(`renewal/shop.json:\n${FILE}\nlive: version ${VERSION}, expires 2027-01-30`);
    expect(text).toContain(`versions: ${VERSION}`);
    expect({ json, ok }).toMatchObject({ ok: true, json: { file: FILE, versions: [VERSION] } });
  });

  it('has the last failure, without what would move the cursor', async () => {
    const lastFailure = { at: '2026-11-19T00:00:00Z', reason: 'caa-forbids', message: 'no\u001b[2J' };
    await store.put('state/shop.json', JSON.stringify({ failures: 1, lastFailure }));
    const { text, ok } = await showFrom(reads(), 'shop', NOW);
    expect(text).toContain('last failure: 2026-11-19T00:00:00Z caa-forbids: no?[2J');
    expect(ok).toBe(false);
  });

  it('ends by the judgement of status', async () => {
    const keyFingerprint = 'f'.repeat(64);
    const revoked = { version: VERSION, serial: 'ab', keyFingerprint, reason: 'keyCompromise' };
    await store.put(
      'revoked/shop.json',
      JSON.stringify({ versions: [{ ...revoked, askedAt: NOW.toISOString() }] }),
    );
    expect(await showFrom(reads(), 'shop', NOW)).toMatchObject({
      ok: false,
      text: expect.stringMatching(/^status: revoked: .*keyCompromise/),
      json: { health: 'revoked' },
    });
    const later = new Date('2027-01-30T00:00:00Z');
    await store.remove('revoked/shop.json');
    expect(await showFrom(reads(), 'shop', later)).toMatchObject({ ok: false, json: { health: 'expired' } });
  });

  it('says what is not there', async () => {
    await store.put('renewal/new.json', FILE);
    expect((await showFrom(reads(), 'new', NOW)).text).toContain('nothing is issued yet');
    await store.remove('renewal/shop.json');
    expect((await showFrom(reads(), 'shop', NOW)).text).toContain('it is not renewed');
  });

  it('names what was probably meant', async () => {
    await expect(showFrom(reads(), 'shpo', NOW)).rejects.toThrow('no certificate "shpo"; did you mean shop?');
    await expect(showFrom(reads(), 'other.example', NOW)).rejects.toThrow(
      '"perennial-tls status" lists them',
    );
  });
});

it.each([
  ['exmaple.com', ['example.com', 'example.org'], 'example.com'],
  ['www.example.com', ['example.org', 'ww.example.com'], 'ww.example.com'],
  ['a', ['bb'], undefined],
  ['shop', [], undefined],
])('%s was meant to be one of %j: %s', (name, known, meant) => {
  expect(mostSimilar(name, known)).toBe(meant);
});
