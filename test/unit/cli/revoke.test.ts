import { beforeEach, describe, expect, it } from 'vitest';
import { unreplaced } from '../../../cli/commands/revoke.ts';
import { pointerText } from '../../../lib/foundation/certificate/live-pointer.ts';
import { FakeHosts } from '../../fakes/fake-hosts.ts';
import { LIVE_VERSION, HEALTH_NOW as NOW, OLD_VERSION, reportOf } from '../../fakes/health-facts.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { pointerOf } from '../../fakes/pointers.ts';
import { hostGroup, stackOf } from '../../fakes/stack.ts';

const KEY = 'f'.repeat(64);
let store: MemoryStore;
const hosts = new FakeHosts();
const revoked = (
  version: string,
  reason: 'cessationOfOperation' | 'superseded' = 'cessationOfOperation',
) => ({
  name: 'a',
  version,
  serial: 'ab',
  reason,
  ca: 'https://ca.test/directory',
  replaced: false,
});

beforeEach(async () => {
  store = new MemoryStore(() => NOW);
  hosts.groups.set('web', [{ instanceId: 'i-00000001', online: true }]);
  const pointer = pointerOf(new Date('2027-01-30T00:00:00Z'), 90, { version: LIVE_VERSION, hosts: ['web'] });
  await store.put('live/a.json', pointerText(pointer));
});

describe('a revocation that nothing replaces', () => {
  const end = async (version: string, reported: string) => {
    const serial = version === LIVE_VERSION ? 'ab' : 'aa';
    const one = { version, serial, keyFingerprint: KEY, reason: 'cessationOfOperation' };
    await store.put('revoked/a.json', JSON.stringify({ versions: [{ ...one, askedAt: NOW.toISOString() }] }));
    const report = reportOf('i-00000001', 'served', { version: reported });
    await store.put('hosts/i-00000001.json', JSON.stringify(report));
    return unreplaced(
      { store, hosts, stack: stackOf({ hostGroups: [hostGroup('web')] }) },
      revoked(version),
      NOW,
    );
  };

  it('ends well where no host has it any more', async () => {
    expect(await end(OLD_VERSION, LIVE_VERSION)).toMatchObject({
      ok: true,
      text: `revoked version ${OLD_VERSION} of a (cessationOfOperation); nothing replaces it`,
    });
  });

  it.each([
    ['an older version', OLD_VERSION, /^a: revoked, and still on i-00000001; .*"deploy a"/m],
    [
      'the live version',
      LIVE_VERSION,
      /^a: revoked, and still on i-00000001; nothing replaces it: take it off there$/m,
    ],
  ])('names the hosts that still have %s', async (_, version, text) => {
    expect(await end(version, version)).toMatchObject({ ok: false, text: expect.stringMatching(text) });
  });
});
