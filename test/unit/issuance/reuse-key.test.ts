import { beforeEach, describe, expect, it } from 'vitest';
import { StoreError } from '../../../lib/foundation/bucket/object-store.ts';
import { PrivateKeyPem } from '../../../lib/foundation/certificate/private-key-pem.ts';
import { keyFingerprint } from '../../../lib/foundation/certificate/verify-issued.ts';
import { AcmeError } from '../../../lib/issuance/ca/certificate-authority.ts';
import { parseStart } from '../../../lib/scan/rules/trigger.ts';
import { scan } from '../../../lib/scan/scan.ts';
import { FakeHosts } from '../../fakes/fake-hosts.ts';
import { makeWorld, type World } from './renewal-world.ts';

let world: World;
let key: string;

beforeEach(async () => {
  world = await makeWorld();
  await world.want('shop', ['example.com'], { reuseKey: true });
  await world.renew(world.due(['shop']));
  key = world.live('shop').keyFingerprint;
});

const again = async (reason = 'forced') => {
  const replacing = world.live('shop').version;
  const [outcome] = await world.renew(world.due(['shop'], { reason, replacing }));
  expect(outcome).toMatchObject({ outcome: 'renewed' });
  expect(world.live('shop').version).not.toBe(replacing);
};
const isKept = () => world.live('shop').keyFingerprint === key;
const revoked = (reason: string, { version, serial } = world.live('shop')) => {
  const revocation = { version, serial, keyFingerprint: key, reason, askedAt: '2026-11-20T02:00:00Z' };
  return world.store.put('revoked/shop.json', JSON.stringify({ versions: [revocation] }));
};

describe('with reuseKey a renewal keeps the key', () => {
  it('every time', async () => {
    await again();
    await again();
    expect(isKept()).toBe(true);
    expect(world.authority.issued).toHaveLength(3);
    expect(world.warnings).toEqual([]);
  });

  it('and one that was carried out is not taken for open because its key is live', async () => {
    const remove = world.store.remove.bind(world.store);
    world.store.remove = async (name, options) => {
      if (name.startsWith('pending/')) throw new StoreError('store-unavailable', 'the worker died');
      return remove(name, options);
    };
    await again();
    world.store.remove = remove;
    world.pass(16 * 60_000);
    await again();
    expect(world.authority.issued).toHaveLength(3);
    expect(isKept()).toBe(true);
  });

  it('and goes on with an order that a worker left open', async () => {
    world.authority.before = (call) => {
      if (call === 'finalize') throw new StoreError('store-unavailable', 'the worker died');
    };
    await world.renew(world.due(['shop'], { reason: 'forced', replacing: world.live('shop').version }));
    world.authority.before = () => {};
    world.pass(16 * 60_000);
    await again();
    expect(world.authority.requests).toHaveLength(2);
    expect(isKept()).toBe(true);
  });

  it('after a revocation that says nothing of the key', async () => {
    await revoked('superseded');
    await again('revoked');
    expect(isKept()).toBe(true);
  });
});

describe('with reuseKey a renewal makes a new key', () => {
  it('after keyCompromise', async () => {
    await revoked('keyCompromise');
    await again('revoked');
    expect(isKept()).toBe(false);
    expect(world.warnings).toEqual([expect.stringMatching(/^key-not-reused: shop .* is compromised$/)]);
  });

  it('for an order that was left open with the compromised one', async () => {
    world.authority.before = (call) => {
      if (call === 'finalize') throw new StoreError('store-unavailable', 'the worker died');
    };
    await world.renew(world.due(['shop'], { reason: 'forced', replacing: world.live('shop').version }));
    world.authority.before = () => {};
    await revoked('keyCompromise');
    world.pass(16 * 60_000);
    await again('forced');
    expect(isKept()).toBe(false);
  });

  it('when another type is wanted', async () => {
    await world.want('shop', ['example.com'], { reuseKey: true, key: 'ecdsa-p384' });
    await again();
    expect(world.live('shop').key).toBe('ecdsa-p384');
  });

  it('when what was revoked cannot be read', async () => {
    await world.store.put('revoked/shop.json', '{');
    await again();
    expect(isKept()).toBe(false);
  });

  it('when the CA has blocked the one of the live version, in the same order', async () => {
    world.authority.blockedKeys.add(key);
    await again();
    expect(isKept()).toBe(false);
    expect(world.authority.requests).toHaveLength(2);
    expect(world.warnings).toEqual([
      expect.stringMatching(/^key-not-reused: shop gets a new key: .*public key is forbidden/),
    ]);
    expect(world.store.text('state/shop.json')).toBe('');
  });

  it('and goes on with it where its worker died before the CA issued', async () => {
    world.authority.blockedKeys.add(key);
    const finalized: string[] = [];
    world.authority.before = (call) => {
      if (call !== 'finalize') return;
      finalized.push(JSON.parse(world.store.text('pending/shop.json')).order.key);
      if (finalized.length === 2) throw new StoreError('store-unavailable', 'the worker died');
    };
    await world.renew(world.due(['shop'], { reason: 'forced', replacing: world.live('shop').version }));
    world.pass(16 * 60_000);
    await again();
    expect(finalized[2]).toBe(finalized[1]);
    expect(keyFingerprint(new PrivateKeyPem(finalized[1] ?? ''))).toBe(world.live('shop').keyFingerprint);
    expect(world.authority.requests).toHaveLength(2);
  });
});

it.each([
  ['a CSR for another reason than a reused key', 'acme-bad-csr', false],
  ['an order with a reused key for another reason', 'acme-caa', true],
] as const)('a CA that refuses %s is asked once', async (_, reason, reuseKey) => {
  await world.want('shop', ['example.com'], { reuseKey });
  let asked = 0;
  world.authority.before = (call) => {
    if (call !== 'finalize') return;
    asked += 1;
    throw new AcmeError(reason, 'no');
  };
  const due = world.due(['shop'], { reason: 'forced', replacing: world.live('shop').version });
  expect(await world.renew(due)).toMatchObject([{ outcome: 'failed', reason }]);
  expect(asked).toBe(1);
});

it('without reuseKey each renewal has a new key', async () => {
  await world.want('shop', ['example.com']);
  await again();
  expect(isKept()).toBe(false);
});

it('a version that was revoked is replaced, unless operation ceased', async () => {
  await revoked('cessationOfOperation');
  const due = world.due(['shop'], { reason: 'revoked', replacing: world.live('shop').version });
  expect(await world.renew(due)).toMatchObject([{ outcome: 'left', reason: 'no-longer-due' }]);
  await revoked('superseded');
  expect(await world.renew(due)).toMatchObject([{ outcome: 'renewed' }]);
});

it('a version that was revoked is replaced at once, also where our own budget is spent', async () => {
  for (let times = 0; times < 3; times += 1) {
    world.pass(60_000);
    await world.renew(world.due(['shop'], { reason: 'forced', replacing: world.live('shop').version }));
  }
  await revoked('keyCompromise');
  expect(await check()).toMatchObject([{ outcome: 'renewed', reason: 'revoked' }]);
});

it('what was revoked is tried again every two hours at most, however often it has failed', async () => {
  await revoked('keyCompromise');
  world.authority.before = () => {
    throw new AcmeError('ca-unavailable', '503');
  };
  for (let times = 0; times < 6; times += 1) {
    world.pass(2 * 3_600_000);
    expect(await check()).toMatchObject([{ outcome: 'failed' }]);
  }
});

/** An hourly check and the renewals that follow from it. */
async function check() {
  const deps = { ...world, hosts: new FakeHosts(), askRenewalInfo: async () => undefined };
  const plan = await scan(deps, parseStart({ start: 'hourly-check' }), world.clock());
  return (await Promise.all(plan.batches.map((batch) => world.renew(batch)))).flat();
}

describe('a compromised key', () => {
  it('makes every version due that has it, also one that was not revoked', async () => {
    const first = world.live('shop');
    await again();
    await revoked('keyCompromise', first);
    expect(await check()).toMatchObject([{ outcome: 'renewed', reason: 'revoked' }]);
    expect(isKept()).toBe(false);
    expect(await check()).toEqual([]);
  });

  it.each([
    ['for the DNS', 'answerChallenge', 1],
    ['for the certificate', 'certificate', 2],
  ] as const)('is not made live by a renewal that waits %s', async (_, at, issued) => {
    const { version } = world.live('shop');
    world.authority.before = async (call) => {
      if (call === at) await revoked('keyCompromise');
    };
    const [outcome] = await world.renew(world.due(['shop'], { reason: 'forced', replacing: version }));
    expect(outcome).toMatchObject({ outcome: 'left', reason: 'key-compromised' });
    expect(world.live('shop').version).toBe(version);
    expect(world.authority.issued).toHaveLength(issued);
    expect(world.zones.all('TXT')).toEqual([]);
    world.authority.before = () => {};
    world.pass(60_000);
    expect(await check()).toMatchObject([{ outcome: 'renewed', reason: 'revoked' }]);
    expect(isKept()).toBe(false);
    expect(world.store.keys()).not.toContain('pending/shop.json');
  });

  it('is not made live by a renewal that is resumed', async () => {
    const { version } = world.live('shop');
    const due = world.due(['shop'], { reason: 'forced', replacing: version });
    world.authority.before = (call) => {
      if (call === 'finalize') throw new StoreError('store-unavailable', 'the worker died');
    };
    await world.renew(due);
    world.pass(16 * 60_000);
    world.authority.before = async (call) => {
      if (call === 'order') await revoked('keyCompromise');
    };
    expect(await world.renew(due)).toMatchObject([{ outcome: 'left', reason: 'key-compromised' }]);
    expect(world.authority.issued).toHaveLength(1);
  });

  it('is not made live where it is that of a resumed order only', async () => {
    await world.want('shop', ['example.com']);
    const due = world.due(['shop'], { reason: 'forced', replacing: world.live('shop').version });
    world.authority.before = (call) => {
      if (call === 'finalize') throw new StoreError('store-unavailable', 'the worker died');
    };
    await world.renew(due);
    const { order } = JSON.parse(world.store.text('pending/shop.json'));
    key = keyFingerprint(new PrivateKeyPem(order.key));
    world.pass(16 * 60_000);
    world.authority.before = async (call) => {
      if (call === 'order') await revoked('keyCompromise');
    };
    expect(await world.renew(due)).toMatchObject([{ outcome: 'left', reason: 'key-compromised' }]);
  });

  it('is not made live again where the pointer is lost', async () => {
    await again();
    await revoked('keyCompromise');
    await world.store.remove('live/shop.json');
    await check();
    expect(isKept()).toBe(false);
    expect(world.authority.issued).toHaveLength(3);
  });

  it('gives way to an older one where the pointer is lost', async () => {
    await again();
    const second = world.live('shop');
    await world.want('shop', ['example.com']);
    await again();
    key = world.live('shop').keyFingerprint;
    await revoked('keyCompromise');
    await world.store.remove('live/shop.json');
    await check();
    expect(world.live('shop')).toMatchObject({ serial: second.serial });
    expect(world.authority.issued).toHaveLength(3);
  });

  it('costs a renewal with a new key no request', async () => {
    await world.want('shop', ['example.com']);
    const { get } = world.store;
    const read: string[] = [];
    world.store.get = async function counted(name) {
      read.push(name);
      return get.call(this, name);
    };
    await again();
    expect(read.filter((name) => name.startsWith('revoked/'))).toHaveLength(1);
  });
});
