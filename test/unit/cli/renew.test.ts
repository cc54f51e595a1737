import { describe, expect, it } from 'vitest';
import { renew, settledAll } from '../../../cli/commands/renew.ts';
import { followedAnswer } from '../../../cli/follow/show.ts';
import { InputError } from '../../../lib/foundation/common/input-error.ts';
import { parseStart } from '../../../lib/scan/rules/trigger.ts';

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
  [0, true, true],
  [7, false, true],
])(
  'renew with %s certificates more than the answer has room for, forced: %s, is well: %s',
  async (left, force, ok) => {
    const answer = followedAnswer('renew', settledAll([], { left, force, ignoreBudget: false }));
    expect(answer.ok).toBe(ok);
    expect(answer.text.includes('7 more')).toBe(!ok);
  },
);
