import { expect, it } from 'vitest';
import { DAY } from '../../simulation/engine/durations.ts';
import { CaLimits } from '../../simulation/services/ca-limits.ts';

const NOW = Date.parse('2026-11-20T00:00:00Z');

it.each([
  ['others alone, up to 13 days before', 0, 140, 12 * DAY, true],
  ['both together', 30, 30, 0, true],
  ['us alone', 50, 0, 0, false],
  ['us alone, whatever others did', 50, 90, 0, false],
])('a domain whose limit was met by %s', (_, ours, others, afterMs, isOfOthers) => {
  const limits = new CaLimits();
  for (let index = 0; index < ours; index += 1) limits.issued([`s${index}.alpha.com`], NOW);
  limits.usedByOthers('alpha.com', others, NOW);
  expect(limits.met('one', ['more.alpha.com'], NOW + afterMs)).toMatchObject({
    limit: 'registered-domain',
    isOfOthers,
  });
});
