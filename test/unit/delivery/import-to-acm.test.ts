import { createHash } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { CertificateManagerError } from '../../../lib/delivery/acm/certificate-manager.ts';
import { importToAcm } from '../../../lib/delivery/acm/import-to-acm.ts';
import { StoreError } from '../../../lib/foundation/bucket/object-store.ts';
import { pointerText } from '../../../lib/foundation/certificate/live-pointer.ts';
import { FakeAcm } from '../../fakes/fake-acm.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { pointerOf } from '../../fakes/pointers.ts';
import { RecordedEvents } from '../../fakes/recorded-events.ts';
import { hostGroup, stackOf } from '../../fakes/stack.ts';

const SECOND_VERSION = '20260201T000000Z-0a1b2c';
const FIRST_VERSION = '20260101T000000Z-0a1b2c';
const [HERE, THERE] = ['us-east-1', 'eu-central-1'];
const stack = stackOf({ hostGroups: [hostGroup('web')] });
let now: Date;
let store: MemoryStore;
let events: RecordedEvents;
let acm: Map<string, FakeAcm>;

beforeEach(async () => {
  now = new Date('2026-11-20T02:00:00Z');
  store = new MemoryStore(() => now);
  events = new RecordedEvents();
  acm = new Map();
  await want(HERE);
  await live(FIRST_VERSION);
});

function managerIn(region: string): FakeAcm {
  const manager = acm.get(region) ?? new FakeAcm(region);
  acm.set(region, manager);
  return manager;
}

const run = (signal?: AbortSignal) =>
  importToAcm({ store, events, managerIn, stack, clock: () => now }, { names: ['example.com'] }, signal);
const want = (...regions: string[]) =>
  store.put(
    'renewal/example.com.json',
    JSON.stringify({ names: ['example.com'], acm: regions.map((region) => ({ region })) }),
  );

async function live(version: string): Promise<void> {
  const [cert, chain, privkey] = [`cert ${version}\n`, 'chain\n', `key ${version}\n`];
  const hash = (text: string) => createHash('sha256').update(text).digest('hex');
  const sha256 = { fullchain: hash(cert + chain), privkey: hash(privkey) };
  for (const [file, pem] of Object.entries({ cert, chain, privkey }))
    await store.put(`archive/example.com/${version}/${file}.pem`, pem);
  const notAfter = new Date(now.getTime() + 60 * 86_400_000);
  await store.put('live/example.com.json', pointerText(pointerOf(notAfter, 90, { version, sha256 })));
}

const recorded = () => JSON.parse(store.text('acm/example.com.json')).imports;
const arnsIn = (region: string) => [...managerIn(region).imports.keys()];
const failing = (reason: CertificateManagerError['reason']) => () => {
  throw new CertificateManagerError(reason, `ACM says ${reason}`);
};

describe('an import into ACM', () => {
  it('brings the live version there, remembers the ARN and says so', async () => {
    const [outcome] = await run();
    const [arn = ''] = arnsIn(HERE);
    expect(outcome).toEqual({
      name: 'example.com',
      region: HERE,
      outcome: 'imported',
      reason: 'first-import',
      arn,
    });
    expect(managerIn(HERE).imports.get(arn)).toMatchObject({ key: `key ${FIRST_VERSION}\n` });
    expect(recorded()).toEqual([
      {
        region: HERE,
        arn,
        version: FIRST_VERSION,
        outcome: 'imported',
        reason: 'first-import',
        at: now.toISOString(),
      },
    ]);
    expect(events.of('Certificate Imported')).toEqual([
      { name: 'example.com', region: HERE, arn, version: FIRST_VERSION, reason: 'first-import' },
    ]);
  });

  it('of a renewed certificate keeps the ARN', async () => {
    await run();
    await live(SECOND_VERSION);
    expect(await run()).toMatchObject([{ outcome: 'imported', reason: 'renewed' }]);
    expect(arnsIn(HERE)).toHaveLength(1);
    expect([...managerIn(HERE).imports.values()]).toMatchObject([{ key: `key ${SECOND_VERSION}\n` }]);
  });

  it('that is told twice is made once', async () => {
    await run();
    expect(await run()).toEqual([]);
    expect(events.facts).toHaveLength(1);
  });

  it('by two workers at once makes one certificate', async () => {
    let go = () => {};
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    managerIn(HERE).before = () => gate;
    const first = run();
    await new Promise(setImmediate);
    expect(await run()).toMatchObject([{ outcome: 'left', reason: 'claimed-elsewhere' }]);
    go();
    expect(await first).toMatchObject([{ outcome: 'imported' }]);
    expect(arnsIn(HERE)).toHaveLength(1);
  });

  it('that a dead worker made is found by its tags, once its claim is old', async () => {
    events.before = () => {
      throw new Error('killed');
    };
    store.beforeWrite = (key) => {
      if (key.startsWith('acm/') && arnsIn(HERE).length > 0) throw new Error('killed');
    };
    expect(await run()).toMatchObject([{ outcome: 'failed' }]);
    events.before = () => {};
    store.beforeWrite = () => {};
    expect(recorded()).toMatchObject([{ outcome: 'importing' }]);
    expect(await run()).toMatchObject([{ outcome: 'left' }]);
    now = new Date(now.getTime() + 300_000);
    expect(await run()).toMatchObject([{ outcome: 'imported', reason: 'found-by-tags' }]);
    expect(arnsIn(HERE)).toHaveLength(1);
  });

  it('that a dead worker left open in many regions is made in all of them by the next check', async () => {
    const regions = [HERE, THERE, 'eu-west-1', 'eu-west-2'];
    const gone = { region: 'us-west-2', outcome: 'imported', version: FIRST_VERSION, at: '' };
    const open = regions.map((region) => ({ region, outcome: 'importing', at: now.toISOString() }));
    await want(...regions);
    await store.put(
      'acm/example.com.json',
      JSON.stringify({ name: 'example.com', imports: [...open, gone] }),
    );
    now = new Date(now.getTime() + 3_600_000);
    expect(await run()).toMatchObject([
      { region: 'us-west-2', outcome: 'kept' },
      ...regions.map((region) => ({ region, outcome: 'imported' })),
    ]);
  });

  it.each(['', '{broken'])('with the record lost (%j) makes no second certificate', async (left) => {
    await run();
    await store.remove('acm/example.com.json');
    if (left) await store.put('acm/example.com.json', left);
    expect(await run()).toMatchObject([{ outcome: 'imported', reason: 'found-by-tags' }]);
    expect(arnsIn(HERE)).toHaveLength(1);
  });

  it('makes a new one where the old was deleted, and says which ARN to use', async () => {
    await run();
    const [old = ''] = arnsIn(HERE);
    managerIn(HERE).imports.clear();
    await live(SECOND_VERSION);
    const [outcome] = await run();
    expect(outcome).toMatchObject({ outcome: 'imported', reason: 'deleted-in-acm' });
    expect(outcome?.message).toBe(
      `${old} is gone from ACM in ${HERE}; what used it needs ${arnsIn(HERE)[0]} now`,
    );
  });

  it('goes on in the other regions when one fails, and says each failure', async () => {
    await want(HERE, THERE);
    managerIn(HERE).before = failing('acm-limit-exceeded');
    const trouble = { reason: 'acm-limit-exceeded', message: 'ACM says acm-limit-exceeded' };
    expect(await run()).toMatchObject([
      { region: HERE, outcome: 'failed', ...trouble },
      { region: THERE, outcome: 'imported' },
    ]);
    await run();
    const failed = { name: 'example.com', region: HERE, ...trouble };
    expect(events.of('Certificate Import Failed')).toEqual([failed, failed]);
    managerIn(HERE).before = failing('acm-access-denied');
    await run();
    expect(events.of('Certificate Import Failed')).toHaveLength(3);
    managerIn(HERE).before = () => {};
    expect(await run()).toMatchObject([{ region: HERE, outcome: 'imported', reason: 'first-import' }]);
    expect(recorded()).toMatchObject([{ region: THERE }, { region: HERE, outcome: 'imported' }]);
  });

  it.each(['the bus', 'the record'])(
    'that came through is not said to have failed where %s fails',
    async (what) => {
      const isThere = () => arnsIn(HERE).length > 0;
      const fail = () => {
        throw new StoreError('store-unavailable', 'no answer');
      };
      if (what === 'the bus') events.before = fail;
      store.beforeWrite = (key) => {
        if (what === 'the record' && key.startsWith('acm/') && isThere()) fail();
      };
      expect(await run()).toMatchObject([{ outcome: 'failed', reason: 'store-unavailable' }]);
      expect(recorded()).toMatchObject([{ outcome: 'importing' }]);
      events.before = () => {};
      store.beforeWrite = () => {};
      now = new Date(now.getTime() + 3_600_000);
      expect(await run()).toMatchObject([{ outcome: 'imported' }]);
      expect(new Set(events.types())).toEqual(new Set(['Certificate Imported']));
      expect(arnsIn(HERE)).toHaveLength(1);
    },
  );

  it.each(['2038-01-19T03:14:07.000Z', 'never'])(
    'that is claimed at %s is free after five minutes',
    async (at) => {
      const imports = [{ region: HERE, outcome: 'importing', at }];
      await store.put('acm/example.com.json', JSON.stringify({ name: 'example.com', imports }));
      expect(await run()).toMatchObject([{ outcome: 'left', reason: 'claimed-elsewhere' }]);
      now = new Date(now.getTime() + 300_000);
      expect(await run()).toMatchObject([{ outcome: 'imported' }]);
    },
  );

  it('whose record keeps changing says that the next scan compares again', async () => {
    store.create = async () => undefined;
    const [outcome] = await run();
    expect(outcome?.message).toBe('acm/example.com.json kept changing; the next scan compares again');
  });

  it('that fails keeps in the record what ACM has', async () => {
    await run();
    const [arn] = arnsIn(HERE);
    await live(SECOND_VERSION);
    managerIn(HERE).before = failing('acm-unavailable');
    await run();
    expect(recorded()).toMatchObject([{ arn, version: FIRST_VERSION, outcome: 'failed' }]);
  });

  it.each([
    [
      'is not the one of the pointer',
      'archive-mismatch',
      () => store.put(`archive/example.com/${FIRST_VERSION}/privkey.pem`, 'other'),
    ],
    [
      'is missing',
      'archive-incomplete',
      () => store.remove(`archive/example.com/${FIRST_VERSION}/privkey.pem`),
    ],
  ])('whose key %s is refused, without a word of the key', async (_, reason, spoil) => {
    await spoil();
    const outcomes = await run();
    expect(outcomes).toMatchObject([{ region: HERE, outcome: 'failed', reason }]);
    expect(managerIn(HERE).imports.size).toBe(0);
    expect(JSON.stringify([outcomes, events.facts, recorded()])).not.toContain('key 2026');
  });

  it('leaves in ACM what the file does not name any more, and says so once', async () => {
    await want(HERE, THERE);
    await run();
    await want(HERE);
    const [kept, ...others] = await run();
    expect(kept).toMatchObject({ region: THERE, outcome: 'kept', reason: 'region-removed' });
    expect(kept?.message).toContain('until you delete it there');
    expect(others).toEqual([]);
    expect(arnsIn(THERE)).toHaveLength(1);
    expect(await run()).toEqual([]);
    await want(HERE, THERE);
    expect(await run()).toMatchObject([{ region: THERE, outcome: 'imported', reason: 'renewed' }]);
  });

  it('is not begun when the time is over, and is due as before', async () => {
    expect(await run(AbortSignal.abort())).toEqual([
      { name: 'example.com', outcome: 'left', reason: 'out-of-time' },
    ]);
    expect(await run()).toMatchObject([{ outcome: 'imported', reason: 'first-import' }]);
  });

  it.each(['find', 'create'] as const)(
    'that the end of the time stops at %s is not said to have failed, and is made once',
    async (step) => {
      const deadline = new AbortController();
      managerIn(HERE).before = (call) => {
        if (call !== step) return;
        deadline.abort();
        throw new CertificateManagerError('acm-unavailable', 'aborted');
      };
      expect(await run(deadline.signal)).toEqual([
        { name: 'example.com', region: HERE, outcome: 'left', reason: 'out-of-time' },
      ]);
      expect(events.facts).toEqual([]);
      managerIn(HERE).before = () => {};
      now = new Date(now.getTime() + 300_000);
      expect(await run()).toMatchObject([{ outcome: 'imported' }]);
      expect(arnsIn(HERE)).toHaveLength(1);
    },
  );

  it.each([
    ['without a renewal file', 'renewal-file-missing', () => store.remove('renewal/example.com.json')],
    ['without a certificate', 'never-issued', () => store.remove('live/example.com.json')],
  ])('%s is left', async (_, reason, spoil) => {
    await spoil();
    expect(await run()).toEqual([{ name: 'example.com', outcome: 'left', reason }]);
  });
});
