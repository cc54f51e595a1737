import { beforeEach, describe, expect, it } from 'vitest';
import { notify } from '../../../../lib/reporting/notices/notify.ts';
import type { SeenEvent } from '../../../../lib/reporting/notices/rules/seen-event.ts';
import { MemoryStore } from '../../../fakes/memory-store.ts';
import { checked, DAY, fact, failed, failedByForce, HOUR, later, MINUTE, NOW, notDeployed } from './facts.ts';

const REGION = 'eu-west-1';
let now: Date;
let store: MemoryStore;
let sent: { subject: string; text: string }[];

beforeEach(() => {
  now = NOW;
  store = new MemoryStore(() => now);
  sent = [];
});

const deps = () => ({
  store,
  mailbox: { send: async (mail: (typeof sent)[number]) => void sent.push(mail) },
  stage: 'production',
  docsUrl: 'docs',
  clock: () => now,
});
const want = (file: object | string, name = 'shop'): Promise<void> =>
  store.put(
    `renewal/${name}.json`,
    typeof file === 'string' ? file : JSON.stringify({ names: ['example.com'], ...file }),
  );
/** What the mails say at this instant: the subject of each, and what is over. */
async function at(ms: number, ...events: SeenEvent[]): Promise<string[]> {
  now = later(ms);
  sent = [];
  await notify(deps(), events);
  return sent.flatMap(({ subject, text }) => {
    const over = [...text.matchAll(/^ {2}(.+): over, since/gm)].map(([, what]) => `over: ${what}`);
    const told = text.includes('What failed:') ? [subject.replace('[Perennial production] ', '')] : [];
    return [...told, ...over];
  });
}
const check = (ms: number, more: Parameters<typeof checked>[0] = {}) => at(ms, checked(more, later(ms)));

const notImported = (when = NOW) =>
  fact(
    'Certificate Import Failed',
    { name: 'shop', region: REGION, reason: 'acm-unavailable', message: 'm' },
    when,
  );
const imported = (when = NOW) => fact('Certificate Imported', { name: 'shop', region: REGION }, when);
const finding = {
  site: 'a.example',
  check: 'chain',
  status: 'failing',
  seen: 'no intermediate',
  remedy: 'serve it',
};
const seen = (when = NOW, findings = [finding]) =>
  fact('Site Probed', { name: 'shop', troubles: findings.length, findings }, when);
const acm = [{ region: REGION }];

describe('a trouble ends, and is told to be over, when nothing wants any more what it was about', () => {
  const kinds: [string, SeenEvent, object][] = [
    ['an import', notImported(), { acm }],
    ['a site', seen(), { probe: true }],
    ['a group without hosts', notDeployed('web', 'i-1', NOW, 'no-hosts'), { hosts: ['web'] }],
  ];
  const event = (of: SeenEvent) =>
    of['detail-type'] === 'Certificate Deployment Failed'
      ? { ...of, detail: { ...of.detail, name: 'shop' } }
      : of;
  const rows = kinds.flatMap(([what, of, wanted]) => [
    [`${what}: taken out of the file`, event(of), wanted, () => want({}), true] as const,
    [`${what}: the file is gone`, event(of), wanted, () => store.remove('renewal/shop.json'), true] as const,
    [`${what}: the file is broken`, event(of), wanted, () => want('{'), false] as const,
    [`${what}: the file says it still`, event(of), wanted, async () => {}, false] as const,
  ]);

  it.each(rows)('%s', async (_, trouble, wanted, change, isOver) => {
    await want(wanted);
    expect(await at(0, trouble)).toHaveLength(1);
    await change();
    const [mail = ''] = await check(HOUR);
    expect(mail.startsWith('over: ')).toBe(isOver);
    expect(await check(2 * HOUR)).toEqual([]);
  });

  it('a region of several', async () => {
    await want({ acm: [...acm, { region: 'us-east-1' }] });
    await at(0, notImported());
    await want({ acm: [{ region: 'us-east-1' }] });
    expect(await check(HOUR)).toEqual([`over: shop in ${REGION} is not imported`]);
  });

  it('not while another of its certificates wants the group', async () => {
    const offline = (name: string) => {
      const trouble = notDeployed('web', 'i-1', NOW, 'hosts-offline');
      return { ...trouble, detail: { ...trouble.detail, name } } as SeenEvent;
    };
    for (const name of ['a', 'b']) await want({ hosts: ['web'] }, name);
    await at(0, offline('a'), offline('b'));
    await want({}, 'a');
    expect(await check(HOUR)).toEqual([]);
    await want({}, 'b');
    expect(await check(2 * HOUR)).toEqual(['over: group web: 1 host does not install']);
  });

  it('a renewal whose file was removed, however many others fail', async () => {
    const failing = { count: 300, items: ['other'] };
    await want({});
    await at(0, failed('shop', 2));
    expect(await check(HOUR, { failing })).toEqual([]);
    await store.remove('renewal/shop.json');
    expect(await check(2 * HOUR, { failing })).toEqual(['over: shop is not renewed']);
  });

  it('a broken file ends neither its renewal nor its deployment', async () => {
    const deployment = notDeployed('web', 'i-1');
    await want('{', 'example.com');
    await at(0, failed('example.com', 2), deployment);
    const rejected = {
      count: 1,
      items: [{ name: 'example.com', reason: 'renewal-file-invalid', message: 'm' }],
    };
    expect(await check(HOUR, { rejected })).toEqual([
      'renewal/example.com.json cannot be used: renewal-file-invalid',
    ]);
    expect((await check(2 * HOUR)).sort()).toEqual([
      'over: example.com is not renewed',
      'over: group web: 1 host does not install',
      'over: renewal/example.com.json cannot be used',
    ]);
  });
});

describe('of a certificate whose renewal file was removed', () => {
  const revoked = (when = NOW) =>
    fact('Certificate Revoked', { name: 'shop', version: 'v1', reason: 'keyCompromise', isLive: true }, when);
  const item = { name: 'shop', health: 'revoked', trouble: 'revoked, and still on i-1' };
  const unwell = { unwell: { count: 1, byHealth: { revoked: 1 }, items: [item] } };
  const well = { unwell: { count: 0, byHealth: {}, items: [] } };
  const told = 'URGENT: shop is revoked: revoked';
  const over = ['over: URGENT: shop is revoked'];

  it('a revoked version goes on while a check finds it on a host', async () => {
    expect(await at(0, revoked())).toEqual([told]);
    expect(await check(HOUR, unwell)).toEqual([]);
    expect(await check(7 * HOUR, unwell)).toEqual([told]);
    expect(await check(8 * HOUR, well)).toEqual(over);
  });

  const seen = { hosts: false, strays: false, names: [] };
  const stray = { name: 'state/x', reason: 'stray-object', message: 'it is no state' };

  it.each([
    ['a revoked version', { hosts: true }, revoked(), told],
    ['a revoked version', { names: ['shop'] }, revoked(), told],
    ['a clean-up that failed', { names: ['shop'] }, failed('shop', 2), 'shop is not renewed: caa-forbids'],
  ])(
    '%s is not over by a check that could not read %j, and nobody hears of it meanwhile',
    async (_, not, event, mail) => {
      expect(await at(0, event)).toEqual([mail]);
      for (const hours of [1, 7, 26])
        expect(await check(hours * HOUR, { ...well, unseen: { ...seen, ...not } })).toEqual([]);
      expect(await check(27 * HOUR, well)).toHaveLength(1);
    },
  );

  it('what a check names after one that could not see it is told again after its time', async () => {
    expect(await at(0, revoked())).toEqual([told]);
    expect(await check(HOUR, { ...well, unseen: { ...seen, hosts: true } })).toEqual([]);
    expect(await check(7 * HOUR, unwell)).toEqual([told]);
  });

  it('a file that could be used again is over, though stray objects could not be looked for', async () => {
    const rejected = { count: 1, items: [{ ...stray, reason: 'outside-domains' }] };
    expect(await check(0, { rejected })).toHaveLength(1);
    expect(await check(HOUR, { unseen: { ...seen, strays: true } })).toHaveLength(1);
  });

  it('a stray object is not over by a check that could not look for any', async () => {
    expect(await check(0, { rejected: { count: 1, items: [stray] } })).toHaveLength(1);
    expect(await check(HOUR, { unseen: { ...seen, strays: true } })).toEqual([]);
    expect(await check(2 * HOUR, {})).toHaveLength(1);
  });

  it.each([
    ['a revoked version', { strays: true, names: ['other'] }, revoked()],
    ['a clean-up that failed', { strays: true, hosts: true, names: ['other'] }, failed('shop', 2)],
  ])('%s is over by a check that could not read %j', async (_, not, event) => {
    expect(await at(0, event)).toHaveLength(1);
    expect(await check(HOUR, { ...well, unseen: { ...seen, ...not } })).toHaveLength(1);
  });

  it('a revoked version is told by the check where its event was lost', async () => {
    expect(await check(0, unwell)).toEqual([told]);
    expect(await check(HOUR, unwell)).toEqual([]);
    expect(await check(2 * HOUR, well)).toEqual(over);
  });

  it('a clean-up that fails goes on while a check names it', async () => {
    const failing = { count: 1, items: ['shop'] };
    expect(await at(0, failed('shop', 2))).toHaveLength(1);
    expect(await check(HOUR, { failing })).toEqual([]);
    expect(await at(2 * HOUR, failed('shop', 3, later(2 * HOUR)))).toEqual([]);
    expect(await check(3 * HOUR, { failing })).toEqual([]);
    expect(await check(4 * HOUR)).toEqual(['over: shop is not renewed']);
  });

  it('what arose after the check began is left to the next one', async () => {
    expect(await at(HOUR, checked({}, NOW), failed('shop', 2, later(MINUTE)))).toHaveLength(1);
    expect(await check(2 * HOUR)).toEqual(['over: shop is not renewed']);
  });

  it('a check that comes after a newer one keeps nothing, and ends nothing', async () => {
    await at(0, failed('shop', 2));
    const failing = { count: 1, items: ['shop'] };
    await check(HOUR, { failing });
    expect(await at(2 * HOUR, checked({}, later(MINUTE)))).toEqual([]);
    expect(await at(3 * HOUR, checked({ failing }, later(MINUTE)), checked({}, later(3 * HOUR)))).toEqual([
      'over: shop is not renewed',
    ]);
  });
});

describe('an import', () => {
  beforeEach(() => want({ acm }));
  const record = (outcome: string) =>
    store.put(
      'acm/shop.json',
      JSON.stringify({ name: 'shop', imports: [{ region: REGION, outcome, at: NOW }] }),
    );

  it('is over by its record, when the event that says so was lost', async () => {
    await record('imported');
    expect(await at(HOUR + MINUTE, notImported())).toHaveLength(1);
    expect(await check(2 * HOUR)).toEqual([`over: shop in ${REGION} is not imported`]);
  });

  it('that came through is not in trouble by an earlier failure that comes late', async () => {
    expect(await at(HOUR, imported(later(HOUR)))).toEqual([]);
    expect(await at(HOUR + MINUTE, notImported())).toEqual([]);
    expect(await at(2 * HOUR, notImported(later(2 * HOUR)))).toHaveLength(1);
  });

  it.each(['importing', 'failed'])('that is %s is not', async (outcome) => {
    await record(outcome);
    await at(0, notImported());
    expect(await check(HOUR)).toEqual([]);
  });

  it('that failed is not over with an earlier one that comes late', async () => {
    await at(HOUR, notImported(later(HOUR)));
    expect(await at(2 * HOUR, imported())).toEqual([]);
    expect(await at(3 * HOUR, imported(later(3 * HOUR)))).toHaveLength(1);
  });
});

it('a site that was seen well is not in trouble by an earlier look that comes late', async () => {
  await want({ probe: true });
  await at(HOUR, seen(later(HOUR), []));
  expect(await at(2 * HOUR, seen(NOW))).toEqual([]);
  expect(await at(3 * HOUR, seen(later(3 * HOUR)))).toHaveLength(1);
});

it('a site that was seen in trouble is not over with an earlier look that comes late', async () => {
  await want({ probe: true });
  await at(HOUR, seen(later(HOUR)));
  expect(await at(2 * HOUR, seen(NOW, []))).toEqual([]);
});

describe('a group with nobody there', () => {
  const nobody = (when = NOW) => notDeployed('web', 'i-1', when, 'hosts-offline');
  const over = ['over: group web: 1 host does not install'];
  beforeEach(() => want({ hosts: ['web'] }, 'example.com'));

  it('is told once, and is over when a check finds hosts online that have it all, days later', async () => {
    expect(await at(0, nobody())).toHaveLength(1);
    for (let days = 1; days < 9; days += 1)
      expect(await check(days * DAY, { groupsOnline: ['api'] })).toEqual([]);
    expect(await at(9 * DAY, nobody(later(9 * DAY)))).toEqual([]);
    const behind = { count: 1, groups: ['web'] };
    expect(await check(10 * DAY, { groupsOnline: ['web'], hostsBehind: behind })).toEqual([]);
    expect(await check(10 * DAY + HOUR, { groupsOnline: ['web'] })).toEqual(over);
  });

  it('is over whatever else a check warns of', async () => {
    await at(0, nobody());
    expect(await check(HOUR, { groupsOnline: ['web'], warnings: ['the CA was not asked'] })).toEqual(over);
  });

  it('is not over with a check of a version that does not say who is online', async () => {
    await at(0, nobody());
    expect(await check(2 * DAY)).toEqual([]);
  });
});

describe('instants of the memory that cannot be meant', () => {
  it.each(['2038-01-19T03:14:07.000Z', 'never'])('%s', async (when) => {
    await want({ hosts: ['web'] }, 'example.com');
    await at(0, notDeployed('web', 'i-1'));
    const memory = JSON.parse(store.text('notices/memory.json'));
    const [trouble] = Object.values(memory.troubles) as object[];
    const spoilt = { ...trouble, told: { any: when }, since: when, at: when, notBefore: when };
    const put = (more: object) => store.put('notices/memory.json', JSON.stringify({ ...memory, ...more }));

    await put({ lastMail: when, lastSweep: when, troubles: { 'deployment web': spoilt } });
    const behind = { hostsBehind: { count: 1, groups: ['web'] } };
    const { measured } = await notify(deps(), [checked(behind)]);
    expect(sent).toHaveLength(2);
    expect(sent[1]?.text).toContain('What was tried: on 1 host since 2026-11-20 02:00 UTC\n');
    expect(measured).toContainEqual({ name: 'SweepAge', value: 0 });
    expect(await check(HOUR)).toEqual(['over: group web: 1 host does not install']);

    await put({ lastMail: when, troubles: {}, over: [spoilt] });
    expect(await check(2 * HOUR)).toHaveLength(1);
  });
});

describe('what went to hosts outside of their window', () => {
  const overridden = (when = NOW) =>
    fact(
      'Deployment Window Overridden',
      { group: 'web', names: ['shop'], hosts: ['i-1'], reason: 'window-overridden', message: 'm' },
      when,
    );

  it('is told once a day, and that it is over to nobody', async () => {
    const told = 'group web was sent certificates outside of its window: window-overridden';
    expect(await at(0, overridden())).toEqual([told]);
    expect(await at(HOUR, overridden(later(HOUR)))).toEqual([]);
    expect(await check(2 * HOUR)).toEqual([]);
    expect(await at(DAY + HOUR / 2, overridden(later(DAY + HOUR / 2)))).toEqual([told]);
    expect(await check(3 * DAY)).toEqual([]);
  });

  it('is not told again within a day where the last mail came a day after the one before', async () => {
    expect(await at(0, overridden())).toHaveLength(1);
    expect(await at(HOUR, overridden(later(HOUR)))).toEqual([]);
    expect(await check(DAY)).toHaveLength(1);
    expect(await check(DAY + 2 * HOUR)).toEqual([]);
    expect(await at(DAY + 5 * HOUR, overridden(later(DAY + 5 * HOUR)))).toEqual([]);
    expect(await check(2 * DAY)).toHaveLength(1);
    expect(await check(4 * DAY)).toEqual([]);
    expect(JSON.parse(store.text('notices/memory.json')).troubles).toEqual({});
  });

  it('says of what, where, why, and what to do', async () => {
    await at(0, overridden());
    expect(sent[0]?.text).toMatch(
      /Certificates: +shop\n +Hosts: +i-1\n +What failed: +m \(window-overridden\)/,
    );
    expect(sent[0]?.text).toContain('docs/operations.md#window-overridden');
  });
});

it('a trouble of a group whose hosts wait for their window is not over', async () => {
  await want({ hosts: ['web'] }, 'example.com');
  await at(0, notDeployed('web', 'i-1'));
  expect(await check(HOUR, { hostsBehind: { count: 0, groups: ['web'] } })).toEqual([]);
  expect(await check(2 * HOUR)).toEqual([expect.stringMatching(/^over: group web/)]);
});

describe('a pin', () => {
  const restored = (when = NOW) =>
    fact('Certificate Restored', { name: 'shop', version: 'v3', from: 'v1', pinned: true }, when);
  const pinned = { pinned: { count: 1, items: [{ name: 'shop', message: 'version v1 was put back' }] } };
  const none = { pinned: { count: 0, items: [] } };
  const told = 'shop is pinned to an older version: pinned';

  it('is told once while it lasts, and that it is over', async () => {
    await want({});
    expect(await at(0, restored())).toEqual([told]);
    expect(await check(HOUR, pinned)).toEqual([]);
    expect(await check(3 * DAY, pinned)).toEqual([]);
    expect(await check(4 * DAY, none)).toEqual(['over: shop is pinned to an older version']);
  });

  it('is told by the next check where its event is lost, with the way out', async () => {
    await want({});
    expect(await check(HOUR, pinned)).toEqual([told]);
    expect(sent[0]?.text).toContain('restore shop --release --stage production');
  });

  it('that ends by itself is told, with why', async () => {
    await want({});
    await check(0, pinned);
    const over = fact(
      'Certificate Pin Ended',
      { name: 'shop', version: 'v1', reason: 'pin-ended', message: 'it is in the last sixth of its life' },
      later(DAY),
    );
    const [first, ...others] = await at(DAY, over, checked(none, later(DAY)));
    expect(first).toBe('shop is not pinned any more: pin-ended');
    expect(others).toEqual(['over: shop is pinned to an older version']);
    expect(sent[0]?.text).toContain('it is in the last sixth of its life (pin-ended)');
    expect(await check(3 * DAY, none)).toEqual([]);
  });

  it('of a check of an older version is not over', async () => {
    await want({});
    await check(0, pinned);
    const older = checked({}, later(DAY)) as { detail: { pinned?: unknown } } & SeenEvent;
    delete older.detail.pinned;
    expect(await at(DAY, older)).toEqual([]);
  });
});

it('a forced renewal that failed is told before it is over, though a mail went a moment ago', async () => {
  for (const name of ['shop', 'other']) await want({}, name);
  expect(await at(0, failed('other'))).toEqual(['other is not renewed: caa-forbids']);
  const forced = { ...failedByForce('shop'), time: later(5 * MINUTE).toISOString() };
  expect(await at(5 * MINUTE, forced)).toEqual([]);
  const failing = { count: 1, items: ['other'] };
  expect(await check(HOUR, { failing })).toEqual(['shop is not renewed: budget-spent']);
  expect(await check(2 * HOUR, { failing })).toEqual(['over: shop is not renewed']);
  expect(await check(3 * HOUR, { failing })).toEqual([]);
});

describe('a check that comes after a newer one', () => {
  const refused = { name: 'shop', reason: 'renewal-file-missing', message: 'm' } as const;
  const rejected = { count: 1, items: [refused] };
  const old = (more: Parameters<typeof checked>[0]) => checked(more, later(-7 * DAY));
  const lastSweep = () => JSON.parse(store.text('notices/memory.json')).lastSweep;

  beforeEach(() => want({}));

  it('says nothing of today', async () => {
    await check(0);
    expect(await at(HOUR, old({ rejected }))).toEqual([]);
    expect(await check(2 * HOUR, { rejected })).toEqual([
      'renewal/shop.json cannot be used: renewal-file-missing',
    ]);
  });

  it('takes no trouble for another', async () => {
    await want({ hosts: ['web'] }, 'example.com');
    await at(0, notDeployed('web', 'i-1'));
    await check(MINUTE, { hostsBehind: { count: 1, groups: ['web'] } });
    const groupsAway = [{ group: 'web', reason: 'no-hosts' as const, hosts: [] }];
    expect(await at(HOUR, old({ groupsAway }))).toEqual([]);
    expect(JSON.parse(store.text('notices/memory.json')).troubles['deployment web']).toMatchObject({
      reason: 'nginx-test-failed',
    });
  });

  it('does not set the last sweep back, and its report is sent all the same', async () => {
    await at(0, checked({ start: 'weekly-sweep' }, NOW));
    await at(HOUR, old({ start: 'weekly-sweep' }));
    expect(lastSweep()).toBe(NOW.toISOString());
    expect(sent.map(({ subject }) => subject)).toEqual([expect.stringContaining('weekly report')]);
  });

  it('is the last sweep all the same where it began just before that one', async () => {
    await at(-7 * DAY, checked({ start: 'weekly-sweep' }, later(-7 * DAY)));
    await check(HOUR);
    await at(HOUR, checked({ start: 'weekly-sweep' }, NOW));
    expect(lastSweep()).toBe(NOW.toISOString());
  });

  it('in one batch with it is taken in before it', async () => {
    expect(await at(HOUR, checked({}, later(HOUR)), checked({ rejected }, NOW))).toEqual([]);
  });

  it('is the newest where the known one cannot be meant', async () => {
    await check(0);
    const memory = JSON.parse(store.text('notices/memory.json'));
    await store.put(
      'notices/memory.json',
      JSON.stringify({ ...memory, lastCheck: '2038-01-01T00:00:00.000Z' }),
    );
    expect(await check(HOUR, { rejected })).toEqual([
      'renewal/shop.json cannot be used: renewal-file-missing',
    ]);
  });
});
