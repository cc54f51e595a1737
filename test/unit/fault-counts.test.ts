import { describe, expect, it } from 'vitest';
import { type KillCounts, summary } from '../faults/kill-runs.ts';

const fine: KillCounts = {
  point: 'before claim',
  kills: 25,
  notKilled: 0,
  mismatchedPairs: 0,
  lostKeys: 0,
  extraCertificates: 0,
  unfinished: 0,
};

describe('the counts of kill runs', () => {
  it('say what the suite promises, and no more, where all is well', () => {
    expect(summary([fine, fine])).toEqual({
      text: '2 points, 50 kills: 0 mismatched pairs, 0 lost keys, 0 extra certificates',
      wrong: 0,
    });
  });

  it('are wrong where a renewal was not killed, as then nothing is shown of it', () => {
    const { text, wrong } = summary([fine, { ...fine, kills: 24, notKilled: 1 }]);
    expect({ text, wrong }).toEqual({
      text: '2 points, 49 kills: 0 mismatched pairs, 0 lost keys, 0 extra certificates, 1 not killed',
      wrong: 1,
    });
  });
});
