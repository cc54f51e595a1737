import { beforeEach, describe, expect, it } from 'vitest';
import { removeFrom } from '../../../cli/commands/remove.ts';
import { pointerText } from '../../../lib/foundation/certificate/live-pointer.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { pointerOf } from '../../fakes/pointers.ts';

const NOW = new Date('2026-11-20T02:00:00Z');
const VERSION = '20260101T000000Z-0a1b2c';
const ARN = 'arn:aws:acm:us-east-1:123456789012:certificate/1';
const agreed = async () => true;
let store: MemoryStore;

beforeEach(async () => {
  store = new MemoryStore(() => NOW);
  const file = { names: ['example.com', '*.example.com'], challenge: 'dns-persist-01' };
  await store.put('renewal/shop.json', JSON.stringify(file));
  const caa = [{ name: 'example.com', values: ['0 issue "ca.test"'] }];
  const pointer = { ...pointerOf(new Date('2027-01-30T00:00:00Z'), 90, { version: VERSION }), caa };
  await store.put('live/shop.json', pointerText(pointer));
  await store.put(`archive/shop/${VERSION}/cert.pem`, 'x');
  const run = { version: VERSION, outcome: 'served', at: NOW.toISOString(), commandId: 'c' };
  const record = { instanceId: 'i-00000001', group: 'web', lineages: { shop: run } };
  await store.put('hosts/i-00000001.json', JSON.stringify(record));
  await store.put('hosts/i-00000002.json', JSON.stringify({ ...record, lineages: { other: run } }));
  const imports = [{ region: 'us-east-1', arn: ARN, version: VERSION, at: '', outcome: 'imported' }];
  await store.put('acm/shop.json', JSON.stringify({ name: 'shop', imports }));
});

describe('remove', () => {
  it('removes the renewal file and nothing else, and says what stays', async () => {
    const before = store.keys();
    const { text, json, ok } = await removeFrom(store, 'shop', agreed);
    expect(store.keys()).toEqual(before.filter((key) => key !== 'renewal/shop.json'));
    expect(text.split('\n')).toEqual([
      'removed renewal/shop.json: it is not renewed any more. What stays:',
      `  bucket: version ${VERSION}, live until 2027-01-30, and 1 version in archive/; removed 30 days after that. "perennial-tls revoke" ends it at once`,
      '  hosts: live/shop/ on i-00000001; remove it there once no server uses it',
      `  ACM: ${ARN} in us-east-1, not renewed any more; delete it there`,
      '  CAA: 0 issue "ca.test" at example.com; remove it there if nothing else needs it',
      '  TXT: _validation-persist.example.com lets our account issue until you remove it',
      '  TXT: none at _acme-challenge; what a try that was cut off left there is removed by the next checks',
    ]);
    expect({ ok, json }).toMatchObject({
      ok: true,
      json: { removed: 'renewal/shop.json', notAfter: expect.stringContaining('2027-01-30') },
    });
    await expect(removeFrom(store, 'shop', agreed)).rejects.toMatchObject({ reason: 'nothing-by-that-name' });
  });

  it('counts versions, and names several hosts', async () => {
    await store.put('archive/shop/20260201T000000Z-0a1b2c/cert.pem', 'x');
    const record = await store.get('hosts/i-00000001.json');
    await store.put('hosts/i-00000003.json', (record?.body ?? '').replace('i-00000001', 'i-00000003'));
    const { text, json } = await removeFrom(store, 'shop', agreed);
    expect(text).toContain('and 2 versions in archive/');
    expect(text).toContain('live/shop/ on i-00000001, i-00000003;');
    expect(json).toMatchObject({ stays: { versions: [VERSION, '20260201T000000Z-0a1b2c'] } });
  });

  it('asks once it is known what stays, and removes nothing without a yes', async () => {
    const before = store.keys();
    let asked: readonly string[] = [];
    const { text, ok } = await removeFrom(store, 'shop', async (lines) => {
      asked = lines;
      return false;
    });
    expect(asked.join('\n')).toMatch(/^what stays:\n {2}bucket: version /);
    expect({ ok, text }).toEqual({ ok: false, text: 'renewal/shop.json stays; nothing was removed' });
    expect(store.keys()).toEqual(before);
  });

  it('leaves a file that somebody changed while it was asked', async () => {
    const changed = async () => {
      await store.put('renewal/shop.json', '{ "names": ["other.example.com"] }');
      return true;
    };
    await expect(removeFrom(store, 'shop', changed)).rejects.toMatchObject({ reason: 'changed-meanwhile' });
    expect(store.keys()).toContain('renewal/shop.json');
  });

  it('says so where nothing was issued', async () => {
    await store.put('renewal/new.json', '{ "names": ["new.example.com"] }');
    const { text } = await removeFrom(store, 'new', agreed);
    expect(text).toContain('bucket: nothing of it was issued\n  TXT: none at _acme-challenge');
  });

  it('names what was probably meant, and removes nothing', async () => {
    const before = store.keys();
    await expect(removeFrom(store, 'shops', agreed)).rejects.toThrow('did you mean shop?');
    expect(store.keys()).toEqual(before);
  });
});
