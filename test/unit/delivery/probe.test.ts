import { beforeEach, describe, expect, it } from 'vitest';
import { probe } from '../../../lib/delivery/probe/probe.ts';
import type { SiteFacts } from '../../../lib/delivery/probe/rules/site-facts.ts';
import { pointerText } from '../../../lib/foundation/certificate/live-pointer.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { pointerOf } from '../../fakes/pointers.ts';
import { RecordedEvents } from '../../fakes/recorded-events.ts';
import { hostGroup, stackOf } from '../../fakes/stack.ts';

const stack = stackOf();
let now: Date;
let store: MemoryStore;
let events: RecordedEvents;
let looked: string[];

beforeEach(async () => {
  now = new Date('2026-11-20T02:00:00.500Z');
  store = new MemoryStore(() => now);
  events = new RecordedEvents();
  looked = [];
  await want({ probe: true });
  await store.put('live/shop.json', pointerText(pointerOf(new Date('2027-01-20T00:00:00Z'))));
});

const want = (more: object) =>
  store.put('renewal/shop.json', JSON.stringify({ names: ['example.com', '*.example.com'], ...more }));

const sites = {
  async observe(site: string): Promise<SiteFacts> {
    looked.push(site);
    const nothing = { error: 'not asked' };
    return { site, addresses: [], served: [], versions: [], plain: nothing, secure: nothing };
  },
};

const told = (detail: object, time = '2026-11-20T02:00:00Z') => ({ time, detail });
const run = (event: unknown, signal = new AbortController().signal) =>
  probe({ store, events, sites, stack, clock: () => now }, event, signal);

describe('a probe', () => {
  it('looks at every name that is no wildcard and at the server names, says it and writes it down', async () => {
    await want({ probe: true, serverNames: ['www.example.com', 'example.com'] });
    const [outcome] = await run(told({ name: 'shop', group: 'web', hosts: [] }));
    expect(looked).toEqual(['example.com', 'www.example.com']);
    expect(outcome).toMatchObject({ name: 'shop', outcome: 'probed' });
    expect(events.of('Site Probed')).toEqual([
      {
        name: 'shop',
        version: '20260101T000000Z-0a1b2c',
        sites: 2,
        troubles: 2,
        findings: outcome?.findings,
      },
    ]);
    expect(JSON.parse(store.text('probes/shop.json'))).toMatchObject({
      name: 'shop',
      at: now.toISOString(),
      findings: outcome?.findings,
    });
  });

  it.each([
    ['that nobody wants', 'not-wanted', () => want({})],
    ['that is switched off', 'not-wanted', () => want({ probe: false })],
    ['of a file that is gone', 'renewal-file-missing', () => store.remove('renewal/shop.json')],
    ['of what was never issued', 'never-issued', () => store.remove('live/shop.json')],
  ])('%s looks at nothing', async (_, reason, spoil) => {
    await spoil();
    expect(await run(told({ names: ['shop'] }))).toEqual([{ name: 'shop', outcome: 'left', reason }]);
    expect(looked).toEqual([]);
  });

  it('that began after a deployment has seen it; one that began before has not', async () => {
    await run(told({ name: 'shop' }));
    expect(await run(told({ name: 'shop' }, '2026-11-20T01:59:59Z'))).toMatchObject([
      { reason: 'probed-since' },
    ]);
    expect(await run(told({ name: 'shop' }, '2026-11-20T02:00:00Z'))).toMatchObject([{ outcome: 'probed' }]);
  });

  it.each(['2038-01-19T03:14:07.000Z', 'never'])('that says it was at %s has seen nothing', async (at) => {
    const { version } = JSON.parse(store.text('live/shop.json'));
    await store.put('probes/shop.json', JSON.stringify({ name: 'shop', version, at, findings: [] }));
    expect(await run(told({ name: 'shop' }))).toMatchObject([{ outcome: 'probed' }]);
  });

  it('of a file that cannot be used leaves the others', async () => {
    await store.put('renewal/broken.json', '{');
    expect(await run(told({ names: ['broken', 'shop'] }))).toMatchObject([
      { name: 'broken', outcome: 'failed', reason: 'renewal-file-invalid' },
      { name: 'shop', outcome: 'probed' },
    ]);
  });

  it('without time left writes nothing down, and comes back', async () => {
    const late = run(told({ name: 'shop' }), AbortSignal.abort());
    await expect(late).rejects.toMatchObject({ reason: 'out-of-time' });
    expect(store.keys()).not.toContain('probes/shop.json');
  });

  it.each([
    undefined,
    null,
    {},
    told({}),
    told({ name: '../x' }),
    told({ names: 'shop' }),
    { detail: { name: 'shop' } },
  ])('refuses the event %j', async (event) => {
    await expect(run(event)).rejects.toMatchObject({ name: 'InputError', reason: 'event-invalid' });
  });
});

describe('a site that serves an older version', () => {
  const served = { address: '1.2.3.4', serial: 'cd', untrusted: undefined, protocol: 'h2' as const };
  const life = { notBefore: new Date('2026-10-20T00:00:00Z'), notAfter: new Date('2027-01-18T00:00:00Z') };
  const lagging = {
    observe: async (site: string): Promise<SiteFacts> => ({
      ...(await sites.observe(site)),
      addresses: ['1.2.3.4'],
      served: [{ ...served, ...life }],
    }),
  };
  const looked = async (group: object) => {
    await want({ probe: true, hosts: ['web'] });
    const windowed = { ...stack, hostGroups: [{ ...hostGroup('web'), ...group }] };
    const deps = { store, events, sites: lagging, stack: windowed, clock: () => now };
    const [outcome] = await probe(deps, told({ names: ['shop'] }), new AbortController().signal);
    return outcome?.findings?.find(({ check }) => check === 'served');
  };

  it('is in trouble, unless its hosts are not to be touched now', async () => {
    expect(await looked({})).toMatchObject({ status: 'warning' });
    expect(await looked({ freeze: ['2026-11-20 UTC'] })).toMatchObject({
      status: 'ok',
      seen: '1.2.3.4 serves cd, and gets the live ab when its hosts may be touched',
    });
    expect(await looked({ freeze: ['2026-11-21 UTC'] })).toMatchObject({ status: 'warning' });
  });
});
