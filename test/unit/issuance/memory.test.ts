import { beforeEach, describe, expect, it } from 'vitest';
import { limitsKey } from '../../../lib/foundation/certificate/object-keys.ts';
import type { Reason } from '../../../lib/foundation/reasons/reasons.ts';
import { AcmeError } from '../../../lib/issuance/ca/certificate-authority.ts';
import { renewBatch } from '../../../lib/issuance/renewal/renew-batch.ts';
import { parseStart } from '../../../lib/scan/rules/trigger.ts';
import { scan } from '../../../lib/scan/scan.ts';
import { FakeHosts } from '../../fakes/fake-hosts.ts';
import { makeWorld, type World } from './renewal-world.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
let world: World;
/** The names of every order that the CA was asked for, those it refused too. */
let asked: string[];

beforeEach(async () => {
  world = await makeWorld();
  asked = [];
  world.authority.before = (call, about) => void (call === 'createOrder' && asked.push(about));
});

const limited = (message: string, retryAfterMs = 2 * HOUR) =>
  new AcmeError('acme-rate-limited', message, { retryAfterMs });
/** The CA refuses the first orders that name `about`. */
function refuse(about: string, error: AcmeError, times = 1): void {
  let left = times;
  world.authority.before = (call, names) => {
    if (call !== 'createOrder') return;
    asked.push(names);
    if (names.includes(about) && left-- > 0) throw error;
  };
}
const plan = (start: Parameters<typeof scan>[1]) =>
  scan(
    {
      ...world,
      hosts: new FakeHosts(),
      askRenewalInfo: async () => undefined,
    },
    start,
    world.clock(),
  );
/** A check, and the renewals that follow from it. */
async function check(start = parseStart({ start: 'hourly-check' })) {
  const planned = await plan(start);
  for (const batch of planned.batches) await world.renew(batch);
  return planned.certificates;
}
const force = (ignoreBudget = false) => check(parseStart({ start: 'force', names: '*', ignoreBudget }));
const state = (name: string) => JSON.parse(world.store.text(`state/${name}.json`) || '{}');
const limits = () => JSON.parse(world.store.text(limitsKey(world.authority.directoryUrl)) || '{}');

describe('row 11: a Retry-After of 2 h', () => {
  const cases: [string, string, string[], string[]][] = [
    ['too many new orders (300) from this account', 'account', ['a'], ['b', 'c', 'd']],
    [
      'too many certificates (50) already issued for "example.com"',
      'registered-domain',
      ['a', 'd'],
      ['b', 'c'],
    ],
    [
      'too many certificates (5) already issued for this exact set of identifiers',
      'exact-set',
      ['a', 'b', 'd'],
      ['c'],
    ],
    ['too many failed authorizations (5) for "a.example.com"', 'name', ['a', 'd'], ['b', 'c']],
    ['what nobody knows', 'exact-set', ['a', 'b', 'd'], ['c']],
  ];
  it.each(cases)('"%s" holds up the scope %s, and the others go on', async (words, scope, goOn, held) => {
    await world.want('a', ['a.example.com']);
    await world.want('b', ['b.example.com', 'a.example.com']);
    await world.want('c', ['a.example.com'], { key: 'ecdsa-p384' });
    await world.want('d', ['example.org']);
    refuse('a.example.com', limited(words));
    await check();
    expect(limits().limits).toMatchObject([{ scope, until: '2026-11-20T04:00:00.000Z' }]);
    expect(state('a')).toMatchObject({ failures: 1, notBefore: '2026-11-20T04:00:00.000Z' });
    const once = asked.length;
    expect(once).toBe(4 - held.length);
    for (const name of held) expect(state(name)).toEqual({});
    expect(world.events.of('Certificate Renewal Failed')).toHaveLength(1);
    for (const name of goOn.filter((name) => name !== 'a')) expect(world.live(name)).not.toBeNull();

    world.pass(2 * HOUR - 1);
    const waiting = (await check()).filter(({ name }) => held.includes(name));
    for (const certificate of waiting)
      expect(certificate).toMatchObject({
        action: 'wait',
        reason: 'ca-limited',
        until: '2026-11-20T04:00:00.000Z',
        message: expect.stringContaining(words),
      });
    expect(asked).toHaveLength(once);
    world.pass(1);
    await check();
    for (const name of ['a', ...held]) expect(world.live(name)).not.toBeNull();
  });

  it('is not passed by force, with or without the budget', async () => {
    await world.want('a', ['a.example.com']);
    refuse('a', limited('what nobody knows'));
    await check();
    expect(await force()).toMatchObject([{ action: 'wait', reason: 'ca-limited' }]);
    expect(await force(true)).toMatchObject([{ action: 'wait', reason: 'ca-limited' }]);
    expect(asked).toHaveLength(1);
  });

  it('holds up a message that was on its way already', async () => {
    await world.want('a', ['a.example.com']);
    await world.want('b', ['b.example.com']);
    refuse('a', limited('too many new orders (300) from this account'));
    await world.renew(world.due(['a']));
    expect(await world.renew(world.due(['b']))).toMatchObject([{ outcome: 'left', reason: 'ca-limited' }]);
    expect(asked).toHaveLength(1);
    expect(world.store.keys()).not.toContain('pending/b.json');
  });

  it('is not asked of a CA that wants to be left alone altogether, not even for an account', async () => {
    await world.want('a', ['a.example.com']);
    refuse('a', limited('Service busy; retry later.'));
    await check();
    let opened = 0;
    const openAuthority = async () => {
      opened += 1;
      return world.authority;
    };
    const run = { owner: 'x', signal: new AbortController().signal };
    await renewBatch({ ...world, openAuthority }, world.due(['a']), run);
    expect(opened).toBe(0);
  });

  it('is kept beside what another worker keeps at the same time', async () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const name of names) await world.want(name, [`${name}.example.com`]);
    world.authority.before = (call, about) => {
      if (call === 'createOrder') throw limited(`too many failed authorizations (5) for "${about}"`);
    };
    await Promise.all(names.map((name) => world.renew(world.due([name]))));
    expect(limits().limits).toHaveLength(5);
    expect(world.warnings).toEqual([]);
  });
});

describe('row 14: a CA that is down for days', () => {
  it('is tried again after 1, 10, 100 minutes and then daily, and its success clears that', async () => {
    await world.want('a', ['a.example.com']);
    refuse('a', new AcmeError('ca-unreachable', 'ECONNREFUSED'), 6);
    const tried: number[] = [];
    for (let minute = 0, step = 1; minute <= 4 * 24 * 60; minute += step) {
      step = minute < 120 ? 1 : 9;
      const before = asked.length;
      await check();
      if (asked.length > before) tried.push(minute);
      world.pass(step * MINUTE);
    }
    expect(tried).toEqual([0, 1, 11, 111, 111 + 1440, 111 + 2 * 1440, 111 + 3 * 1440]);
    expect(world.live('a')).not.toBeNull();
    expect(state('a')).not.toHaveProperty('lastFailure');
    expect(state('a')).not.toHaveProperty('notBefore');
  });
});

describe('row 17: terms that changed', () => {
  it('are told, and the CA is asked once a day for all certificates', async () => {
    for (const name of ['a', 'b', 'c']) await world.want(name, [`${name}.example.com`]);
    refuse(
      '',
      new AcmeError('acme-user-action-required', 'the CA refused: agree at https://ca.test/terms'),
      99,
    );
    for (let hour = 0; hour < 48; hour += 1) {
      await check();
      world.pass(HOUR);
    }
    expect(asked).toHaveLength(2);
    expect(world.events.of('Certificate Renewal Failed')).toMatchObject([
      { reason: 'acme-user-action-required', message: expect.stringContaining('https://ca.test/terms') },
      { reason: 'acme-user-action-required' },
    ]);
  });
});

describe('the budget of a certificate', () => {
  beforeEach(() => world.want('a', ['a.example.com']));

  it('is 4 certificates in 7 days, and the refusal says until when', async () => {
    for (let times = 0; times < 4; times += 1) {
      await force();
      world.pass(HOUR);
    }
    expect(world.authority.issued).toHaveLength(4);
    expect(await force()).toMatchObject([
      {
        action: 'wait',
        reason: 'budget-spent',
        until: '2026-11-27T02:00:00.000Z',
        message: expect.stringContaining('2026-11-27T02:00:00.000Z'),
      },
    ]);
    expect(world.authority.issued).toHaveLength(4);
    await force(true);
    expect(world.authority.issued).toHaveLength(5);
  });

  it('is one more in the last sixth of a life, so that none expires because of it', async () => {
    world.authority.lifetimeDays = 6;
    for (let times = 0; times < 4; times += 1) await force();
    world.pass(4 * DAY);
    const look = () => plan(parseStart({ start: 'hourly-check' }));
    expect((await look()).certificates).toMatchObject([{ action: 'wait', reason: 'budget-spent' }]);
    world.pass(DAY + HOUR);
    const [batch] = (await look()).batches;
    if (!batch) throw new Error('nothing is due');
    expect(await world.renew(batch)).toMatchObject([{ outcome: 'renewed' }]);
    expect(world.authority.issued).toHaveLength(5);
  });

  it.each([
    [90, 1],
    [6, 0],
  ])('of one that lives %d days is %d more for what its CA is about to revoke', async (days, more) => {
    world.authority.lifetimeDays = days;
    for (let times = 0; times < 4; times += 1) await force();
    const look = () => plan(parseStart({ start: 'hourly-check' }));
    const urge = () => {
      const { certId, notBefore } = world.live('a');
      const suggested = { certId, at: notBefore, moved: true };
      return world.store.put('state/a.json', JSON.stringify({ failures: 0, suggested }));
    };
    expect((await look()).batches).toEqual([]);
    await urge();
    for (const batch of (await look()).batches) await world.renew(batch);
    expect(world.authority.issued).toHaveLength(4 + more);
    await urge();
    expect((await look()).certificates).toMatchObject([{ action: 'wait', reason: 'budget-spent' }]);
  });

  it('is kept by renew, whatever the message says', async () => {
    for (let times = 0; times < 4; times += 1) await force();
    const replacing = world.live('a').version;
    const due = world.due(['a'], { reason: 'forced', replacing });
    expect(await world.renew(due)).toMatchObject([{ outcome: 'left', reason: 'budget-spent' }]);
    const ignoring = world.due(['a'], { reason: 'forced', replacing, ignoreBudget: true });
    expect(await world.renew(ignoring)).toMatchObject([{ outcome: 'renewed' }]);
  });

  it('counts what the archive holds, when state and pointer are lost', async () => {
    for (let times = 0; times < 4; times += 1) await force();
    const keys = world.store.keys().filter((key) => /^live\/|^archive.*privkey/.test(key));
    for (const key of ['state/a.json', ...keys]) await world.store.remove(key);
    expect(await world.renew(world.due(['a']))).toMatchObject([{ reason: 'budget-spent' }]);
    world.pass(7 * DAY);
    expect(await world.renew(world.due(['a']))).toMatchObject([{ outcome: 'renewed' }]);
  });

  it('counts versions that a clock ahead named for 2038 for as long as any other', async () => {
    for (let one = 0; one < 4; one += 1) {
      const version = `20380101T00000${one}Z-0a1b2c`;
      for (const file of ['cert', 'chain', 'fullchain', 'privkey'])
        await world.store.put(`archive/a/${version}/${file}.pem`, 'unreadable');
    }
    expect(await world.renew(world.due(['a']))).toMatchObject([{ reason: 'budget-spent' }]);
    world.pass(7 * DAY);
    expect(await world.renew(world.due(['a']))).toMatchObject([{ outcome: 'renewed' }]);
  });
});

describe('row 18: refused proofs', () => {
  /** A proof is gone from the DNS when the CA looks. */
  const spoilProofs = () => {
    world.authority.before = (call, about) => {
      if (call === 'createOrder') asked.push(about);
      if (call !== 'answerChallenge') return;
      for (const name of ['a', 'b'])
        world.zones.overwrite('ZEXAMPLECOM', {
          name: `_acme-challenge.${name}.example.com`,
          type: 'TXT',
          ttl: 60,
          values: [],
        });
    };
  };

  it('are at most 4 in an hour for a name, over all certificates with it and by force', async () => {
    await world.want('one', ['a.example.com']);
    await world.want('two', ['a.example.com'], { key: 'ecdsa-p384' });
    spoilProofs();
    for (let minute = 0; minute < 60; minute += 1) {
      await force();
      world.pass(MINUTE);
    }
    expect(asked).toHaveLength(4);
    expect(state('one').failures + state('two').failures).toBe(4);
    await force();
    expect(asked.length).toBeGreaterThan(4);
    expect(world.zones.all('TXT')).toEqual([]);
    expect(world.store.keys().filter((key) => key.startsWith('pending/'))).toEqual([]);
  });

  it('count for the name that the CA refused alone', async () => {
    await world.want('two', ['a.example.com', 'www.example.org']);
    spoilProofs();
    await force();
    expect(limits().failedAuthorizations.map(({ name }: { name: string }) => name)).toEqual([
      'a.example.com',
    ]);
  });

  it('count also when the worker died before it could say so', async () => {
    await world.want('one', ['a.example.com']);
    spoilProofs();
    const { store } = world;
    let left: typeof store | undefined;
    const { before } = world.authority;
    world.authority.before = async (call, about) => {
      await before(call, about);
      if (call === 'answerChallenge') left ??= store.snapshot(world.clock);
    };
    await world.renew(world.due(['one']));
    if (!left) throw new Error('nothing was answered');
    world.pass(15 * MINUTE);
    await world.renew(world.due(['one']), { store: left });
    const { failedAuthorizations } = JSON.parse(left.text(limitsKey(world.authority.directoryUrl)));
    expect(failedAuthorizations).toHaveLength(2);
  });
});

describe('row 33: a certificate that cannot be used', () => {
  beforeEach(() => world.want('a', ['a.example.com']));
  const spoil = (times: number) => {
    let left = times;
    const { certificate } = world.authority;
    world.authority.certificate = async (order) =>
      left-- > 0 ? ['<html>'] : certificate.call(world.authority, order);
  };

  it('is asked for once more: it may be the way that it came', async () => {
    spoil(1);
    await check();
    expect(state('a')).toMatchObject({ failures: 1, lastFailure: { reason: 'chain-malformed' } });
    world.pass(MINUTE);
    await check();
    expect(world.live('a')).not.toBeNull();
    expect(world.authority.issued).toHaveLength(1);
  });

  it('is given up then, with its order told, and ordered anew within the budget', async () => {
    spoil(99);
    const orders = () => world.authority.issued.length;
    for (let day = 0; day < 7; day += 1) {
      await check();
      world.pass(DAY);
    }
    expect(orders()).toBe(4);
    await force();
    expect(world.events.of('Certificate Renewal Failed')[1]).toMatchObject({
      message: expect.stringContaining('order https://ca.test/order/1 is given up'),
    });
    for (let times = 0; times < 5; times += 1) await force();
    expect(orders()).toBe(4);
    expect(state('a').givenUp).toHaveLength(4);
  });
});

describe('row 16: an account that the CA does not know any more', () => {
  const lose = (error: AcmeError) => {
    world.authority.before = (call) => {
      if (call === 'createOrder' && world.authority.accountUrl.endsWith('/1')) throw error;
    };
  };
  const reopening = {
    openAuthority: async (_: string, options?: { lost: string }) => {
      if (options?.lost === world.authority.accountUrl)
        world.authority.accountUrl = 'https://ca.test/account/2';
      return world.authority;
    },
  };
  const renew = (names: string[]) =>
    renewBatch({ ...world, ...reopening }, world.due(names), {
      owner: 'run',
      signal: new AbortController().signal,
    });

  it.each<[Reason, string]>([
    ['acme-account-does-not-exist', 'the CA refused: Account https://ca.test/account/1 not found.'],
    ['acme-unauthorized', 'the CA refused: Account is not valid, has status "deactivated"'],
    ['acme-unauthorized', 'the CA refused: Account has been deactivated'],
  ])('%s: %s: gets another, and CAA names it before the order', async (reason, message) => {
    for (const name of ['a', 'b'])
      await world.want(name, [`${name}.example.com`], { caa: { restrict: true } });
    lose(new AcmeError(reason, message));
    expect(await renew(['a', 'b'])).toMatchObject([{ outcome: 'renewed' }, { outcome: 'renewed' }]);
    const caa = world.zones.all('CAA').flatMap(({ values }) => values);
    expect(caa.filter((value) => value.includes('issue ')).join()).toContain('account/2');
    expect(caa.join()).not.toContain('account/1');
    expect(world.warnings.join()).toContain('the account https://ca.test/account/1 is gone');
  });

  it('is not looked for again where the CA refuses something else', async () => {
    await world.want('a', ['a.example.com']);
    lose(new AcmeError('acme-unauthorized', 'the CA refused: this name is not yours'));
    expect(await renew(['a'])).toMatchObject([{ outcome: 'failed', reason: 'acme-unauthorized' }]);
  });
});

describe("nobody's failure", () => {
  it('is not counted when the time of the function is over', async () => {
    await world.want('a', ['a.example.com']);
    const due = world.due(['a']);
    expect(await world.renew(due, { signal: AbortSignal.abort() })).toMatchObject([
      { reason: 'out-of-time' },
    ]);
    expect(state('a')).toEqual({});
  });
});
