import { describe, expect, it } from 'vitest';
import { cnamePath, followCnames } from '../../../lib/issuance/dns/follow-cnames.ts';

/** `0` leads to `1`, and so on up to `last`, which leads to `target`. */
const chain = (last: number, target?: string) => ({
  cname: async (name: string) => (Number(name) < last ? String(Number(name) + 1) : target),
});

describe('the CNAMEs of a name', () => {
  it.each([0, 1, 8])('end after %d', async (length) => {
    expect(await followCnames(chain(length), '0')).toBe(String(length));
    expect(await cnamePath(chain(length), '0')).toMatchObject({ ends: true });
  });

  it.each([
    ['go on for too long', chain(9)],
    ['lead back', chain(2, '1')],
  ])('do not end where they %s', async (_, resolver) => {
    await expect(followCnames(resolver, '0')).rejects.toMatchObject({ reason: 'cname-loop' });
    expect(await cnamePath(resolver, '0')).toMatchObject({ ends: false });
  });
});
