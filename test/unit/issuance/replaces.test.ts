import { beforeEach, describe, expect, it } from 'vitest';
import type { Reason } from '../../../lib/foundation/reasons/reasons.ts';
import { AcmeError } from '../../../lib/issuance/ca/certificate-authority.ts';
import { makeWorld, type World } from './renewal-world.ts';

let world: World;

beforeEach(async () => {
  world = await makeWorld();
  await world.want('shop', ['example.com', 'www.example.com']);
  await world.renew(world.due(['shop']));
});

const renewed = async () => {
  const replacing = world.live('shop').version;
  const [outcome] = await world.renew(world.due(['shop'], { reason: 'forced', replacing }));
  return outcome;
};
const replaces = () => world.authority.requests.map((request) => request.replaces);

describe('an order names the certificate that it replaces (RFC 9773, 5)', () => {
  it('from the second on', async () => {
    const { certId } = world.live('shop');
    expect(await renewed()).toMatchObject({ outcome: 'renewed' });
    expect(replaces()).toEqual([undefined, certId]);
  });

  it('not where no name is left of it', async () => {
    await world.want('shop', ['api.example.com']);
    await renewed();
    expect(replaces()).toEqual([undefined, undefined]);
  });

  it('not where another CA issued it', async () => {
    const pointer = { ...world.live('shop'), ca: 'https://other.test/directory' };
    await world.store.put('live/shop.json', JSON.stringify(pointer));
    await renewed();
    expect(replaces()).toEqual([undefined, undefined]);
  });

  it.each<[Reason, string]>([
    ['acme-already-replaced', 'it has a replacement'],
    ['acme-malformed', 'no such certificate'],
    ['acme-unauthorized', 'of another account'],
    ['acme-server-internal', 'could not find an order for the given certificate'],
  ])('and is placed once more without it when the CA says %s', async (reason, words) => {
    const asked: (string | undefined)[] = [];
    const real = world.authority.createOrder.bind(world.authority);
    world.authority.createOrder = async (request) => {
      asked.push(request.replaces);
      if (request.replaces !== undefined) throw new AcmeError(reason, words);
      return real(request);
    };
    const { certId } = world.live('shop');
    expect(await renewed()).toMatchObject({ outcome: 'renewed' });
    expect(asked).toEqual([certId, undefined]);
  });

  it('but not when the CA refuses for another reason', async () => {
    world.authority.createOrder = async () => {
      throw new AcmeError('acme-rate-limited', 'later');
    };
    expect(await renewed()).toMatchObject({ outcome: 'failed', reason: 'acme-rate-limited' });
  });
});
