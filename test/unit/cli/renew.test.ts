import { describe, expect, it, vi } from 'vitest';
import { renew } from '../../../cli/commands/renew.ts';
import { InputError } from '../../../lib/foundation/common/input-error.ts';
import { parseStart } from '../../../lib/scan/rules/trigger.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';

vi.mock('../../../cli/stack/find-stack.ts', () => ({
  findStack: async () => ({ region: 'us-east-1', bucket: 'bucket', stage: 'production' }),
}));
vi.mock('../../../cli/follow/open-follow.ts', () => ({
  openFollow: () => ({ store: new MemoryStore() }),
}));
const asked = vi.hoisted(() => ({ left: 0 as number | undefined }));
vi.mock('../../../cli/stack/functions.ts', () => ({
  invoke: async () => ({ certificates: [], left: asked.left }),
}));
const options = { stage: 'production', limit: '1' } as Parameters<typeof renew>[1];

describe('renew --force', () => {
  it('without names is refused before anything is asked of AWS', async () => {
    await expect(renew([], { ...options, force: true })).rejects.toMatchObject({
      reason: 'force-needs-names',
    });
  });

  it.each([[[]], [undefined], ['all'], [['*']]])('with names %o is no wish for all', (names) => {
    expect(() => parseStart({ start: 'force', names })).toThrow(InputError);
  });

  it('renews all only for "*"', () => {
    expect(parseStart({ start: 'force', names: '*' }).names).toBe('all');
    expect(parseStart({ start: 'force', names: ['shop'] }).names).toEqual([{ name: 'shop' }]);
  });
});

it('renew --ignore-budget needs --force', async () => {
  await expect(renew(['shop'], { ...options, ignoreBudget: true })).rejects.toMatchObject({
    reason: 'budget-needs-force',
  });
});

it.each([
  [7, true, false],
  [undefined, true, true],
  // Those with something to do come first, so what is left only waits.
  [7, false, true],
])(
  'renew with %s certificates more than the answer has room for, forced: %s, is well: %s',
  async (left, force, ok) => {
    asked.left = left;
    const answer = await renew(['*'], { ...options, force, json: true });
    expect(answer.ok).toBe(ok);
    expect(answer.text.includes('7 more')).toBe(!ok);
  },
);
