import { expect, it } from 'vitest';
import { parseStart } from '../../../lib/scan/rules/trigger.ts';
import { scan } from '../../../lib/scan/scan.ts';
import { makeCa } from '../../fakes/certificates.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { scanDeps } from '../../fakes/scan-deps.ts';
import { storeLive } from '../../fakes/stored-certificate.ts';

const NOW = new Date('2026-11-20T02:00:00Z');
const HOUR = 3_600_000;
const before = (ms: number) => new Date(NOW.getTime() - ms);
const VERSION = '20260901T000000Z-0a1b2c';
const ca = await makeCa();

/** What an hourly check decides of a certificate whose chain somebody removed, after what a host said of it. */
async function decided({ reason, at }: { reason: string; at: Date }) {
  const store = new MemoryStore(() => NOW);
  const notAfter = new Date(NOW.getTime() + 60 * 24 * HOUR);
  await store.put('renewal/a.json', JSON.stringify({ names: ['example.com'] }));
  await storeLive(store, { ca, name: 'a' }, { version: VERSION, names: ['example.com'], notAfter });
  await store.remove(`archive/a/${VERSION}/fullchain.pem`);
  const run = { outcome: 'failed', reason, at: at.toISOString(), commandId: 'c1' };
  const record = { instanceId: 'i-00000001', group: 'web', lineages: { a: run } };
  await store.put('hosts/i-00000001.json', JSON.stringify(record));
  const { certificates } = await scan(scanDeps({ store }), parseStart({ start: 'hourly-check' }), NOW);
  return certificates.map(({ action, reason }) => (action === 'mend' ? reason : action));
}

it.each(['object-missing', 'hash-mismatch'])(
  'an hourly check repairs what a host could not install for %s, and waits for no sweep',
  async (reason) => {
    expect(await decided({ reason, at: before(HOUR) })).toEqual(['pointer-lost']);
  },
);

it.each([
  { reason: 'nginx-test-failed', at: before(HOUR) },
  { reason: 'object-missing', at: before(25 * HOUR) },
])('an hourly check looks no closer after $reason at $at', async (said) => {
  expect(await decided(said)).toEqual(['wait']);
});
