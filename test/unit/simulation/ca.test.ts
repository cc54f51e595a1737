import { expect, it } from 'vitest';
import { keyFingerprint } from '../../../lib/foundation/certificate/verify-issued.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../simulation/engine/durations.ts';
import { Invocation } from '../../simulation/engine/invocation.ts';
import { Random } from '../../simulation/engine/random.ts';
import { newEcKey } from '../../simulation/keys/private-keys.ts';
import type { Ca } from '../../simulation/services/ca.ts';
import { authoritiesFor } from '../../simulation/services/ca-ports.ts';
import { mailboxFor } from '../../simulation/services/mailbox.ts';
import { World } from '../../simulation/world/world.ts';

const START = Date.parse('2026-11-20T00:00:00Z');
const NAMES = ['a.alpha.com'];
const [KEPT, FRESH] = [1n, 2n].map((seed) => newEcKey('ecdsa-p256', new Random(seed, 'keys')));

/** A CA at which everything is proved. */
function provedCa() {
  const world = new World({ seed: 1n, start: START, heaviness: 'none' });
  const ca = world.cas[0] as Ca;
  const account = ca.newAccount();
  const ready = () => {
    const { url, authorizations } = ca.newOrder(account, { names: NAMES });
    for (const one of authorizations) ca.authorization(account, one).status = 'valid';
    return url;
  };
  const finalize = (url: string, key = KEPT) =>
    ca.finalize(account, url, { names: NAMES, key: key as never });
  return { world, ca, account, ready, finalize };
}

it('a CA revokes all certificates with a key that was reported, wants them replaced, and takes it no more', async () => {
  const { world, ca, account, ready, finalize } = provedCa();
  finalize(ready());
  await world.scheduler.runUntil(START + MINUTE);
  const [issued] = ca.issued.values();
  ca.blockKey(keyFingerprint(KEPT as never));
  expect(issued).toMatchObject({ reason: 'keyCompromise', revokedAt: START + MINUTE });
  expect(issued?.window).toEqual({ start: START + MINUTE - HOUR, end: START + MINUTE - HOUR / 2 });
  const next = ready();
  expect(() => finalize(next)).toThrow(
    expect.objectContaining({
      reason: 'acme-bad-csr',
      message: expect.stringMatching(/invalid public key in CSR: public key is forbidden$/),
    }),
  );
  expect(ca.order(account, next).status).toBe('ready');
  expect(finalize(next, FRESH).status).toBe('processing');
});

it('an account that is stored is opened without a word to its CA, and one in place of a lost one is not', async () => {
  const { world, ca } = provedCa();
  const asked: string[] = [];
  const make = world.calls.make.bind(world.calls);
  world.calls.make = (invocation, call) => {
    asked.push(call.what);
    return make(invocation, call);
  };
  const open = authoritiesFor(new Invocation('renew-1', 'renew', 0), world, { makes: true });
  const opened = async (options?: { lost: string }) => {
    const opening = open(ca.directoryUrl, options);
    await world.scheduler.runUntil(world.scheduler.now + MINUTE);
    return opening;
  };
  const { accountUrl: lost } = await opened();
  expect(asked).toHaveLength(1);
  expect((await opened()).accountUrl).toBe(lost);
  expect(asked).toHaveLength(1);
  expect((await opened({ lost })).accountUrl).not.toBe(lost);
  expect(asked).toHaveLength(2);
});

it.each([false, true])('a mail says whether its run had died when it went out: %s', async (isDead) => {
  const world = new World({ seed: 1n, start: START, heaviness: 'none' });
  const sent = new Set<boolean>();
  world.mails.onMail.push(({ isAfterDeath = false }) => sent.add(isAfterDeath));
  const notify = new Invocation('notify-1', 'notify', 0);
  // Of what a dead one has asked for half takes effect.
  for (let mail = 0; mail < 20; mail += 1) void mailboxFor(notify, world).send({ subject: 'a', text: 'a' });
  notify.isAlive = !isDead;
  await world.scheduler.runUntil(START + MINUTE);
  expect([...sent]).toEqual([isDead]);
});

it('a CA says when it wants to be asked again about an order that it is at work on', async () => {
  const { world, ca, account, ready, finalize } = provedCa();
  const url = ready();
  expect(ca.order(account, url).retryAfterMs).toBeUndefined();
  expect(finalize(url).retryAfterMs).toBeGreaterThanOrEqual(3 * SECOND);
  await world.scheduler.runUntil(START + MINUTE);
  expect(ca.order(account, url)).toMatchObject({ status: 'valid', retryAfterMs: undefined });
});

it.each([
  ['hours', 8 * HOUR, 'invalid'],
  ['minutes', 8 * MINUTE, 'valid'],
] as const)('a CA whose proof is %s old looks at CAA again only after hours', async (_, age, status) => {
  const { world, ca, account, ready, finalize } = provedCa();
  const url = ready();
  for (const authorization of ca.authorizations.values()) authorization.validSince = START + DAY - age;
  await world.scheduler.runUntil(START + DAY);
  const set = { name: 'alpha.com', type: 'CAA' as const, ttl: 300, values: ['0 issue "other.example"'] };
  for (const zone of world.route53.delegated.values())
    if (zone.name === set.name) zone.overwrite(set, world.scheduler.now);
  await world.scheduler.runUntil(START + DAY + HOUR);
  finalize(url);
  await world.scheduler.runUntil(START + DAY + 2 * HOUR);
  const { problem, ...order } = ca.order(account, url);
  expect(order.status).toBe(status);
  expect(problem?.reason).toBe(status === 'invalid' ? 'acme-caa' : undefined);
});
