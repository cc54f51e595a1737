import { beforeEach, describe, expect, it } from 'vitest';
import { NoticeError } from '../../../lib/adapters/aws/notice-topic.ts';
import { pointerText } from '../../../lib/foundation/certificate/live-pointer.ts';
import { showStatus } from '../../../lib/reporting/status/show-status.ts';
import { FakeHosts } from '../../fakes/fake-hosts.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { pointerOf } from '../../fakes/pointers.ts';
import { stackOf } from '../../fakes/stack.ts';
import { subscriptionsOf } from '../../fakes/subscriptions.ts';

const now = new Date('2026-11-20T00:00:00Z');
const stack = stackOf();
const hosts = new FakeHosts();
const where = { stage: 'test', region: 'eu-central-1', subscriptions: subscriptionsOf() };
let store: MemoryStore;

beforeEach(async () => {
  store = new MemoryStore(() => now);
  await store.put('renewal/example.com.json', '{ "names": ["example.com"] }');
  await store.put('live/example.com.json', pointerText(pointerOf(new Date('2027-01-30T00:00:00Z'))));
  await store.put('renewal/other.json', '{ "names": ["example.org"] }');
  await store.put('renewal/<b>.json', '{ "names": ["example.com"] }');
});

describe('status', () => {
  it('answers with every certificate, and writes nothing', async () => {
    const before = store.keys();
    const { certificates, counts, page } = await showStatus({ store, hosts, stack, ...where }, null, now);
    expect(certificates?.map(({ name, health }) => [name, health])).toEqual([
      ['<b>', 'rejected'],
      ['other', 'rejected'],
      ['example.com', 'ok'],
    ]);
    expect(certificates?.[1]?.trouble).toContain("outside the stack's domains");
    expect({ counts, page }).toEqual({ counts: { all: 3, unwell: 2 }, page: undefined });
    expect(store.keys()).toEqual(before);
  });

  it('writes its page when asked to, and answers with where it is', async () => {
    const answer = await showStatus({ store, hosts, stack, ...where }, { page: true }, now);
    expect(answer).toEqual({
      at: now.toISOString(),
      counts: { all: 3, unwell: 2 },
      page: 'status/index.html',
    });
    const page = store.text('status/index.html');
    expect(page).toContain('<h1>2 of 3 certificates not well</h1>');
    expect(page).toContain('<title>2 not well – perennial-test in eu-central-1</title>');
    expect(page).toContain('<code>npx --no-install perennial-tls doctor other --stage test</code>');
    expect(page).toContain('&lt;b&gt;');
    expect(page).not.toContain('<th scope="row"><b>');
    expect(store.text('status/metrics.prom')).toContain(
      'perennial_certificates_unwell{stage="test",region="eu-central-1"} 2\n',
    );
  });

  it('says on its page who hears nothing of trouble', async () => {
    const subscriptions = subscriptionsOf(['<b>@example.com'], []);
    await showStatus({ store, hosts, stack, ...where, subscriptions }, { page: true }, now);
    expect(store.text('status/index.html')).toContain(
      '<p class="deaf">&lt;b&gt;@example.com is subscribed no more, and hears nothing: aws sns subscribe',
    );
    await showStatus({ store, hosts, stack, ...where }, { page: true }, now);
    expect(store.text('status/index.html')).not.toContain('<p class="deaf">');
  });

  it('writes its page also where it cannot be looked up who hears of trouble', async () => {
    const list = async () => {
      throw new NoticeError('notices-unavailable', { seen: 'could not list the subscriptions: Throttling' });
    };
    const subscriptions = { ...subscriptionsOf(['you@example.com']), list };
    await showStatus({ store, hosts, stack, ...where, subscriptions }, { page: true }, now);
    expect(store.text('status/index.html')).toContain('could not list the subscriptions: Throttling');
  });

  it('says of an empty bucket that there is nothing', async () => {
    const empty = new MemoryStore(() => now);
    expect((await showStatus({ store: empty, hosts, stack, ...where }, {}, now)).certificates).toEqual([]);
  });
});
