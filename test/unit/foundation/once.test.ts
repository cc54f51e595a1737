import { expect, it } from 'vitest';
import { once } from '../../../lib/foundation/common/once.ts';

it('asks each question once, also where the answer is undefined', () => {
  const asked: (string | undefined)[] = [];
  const answer = once((about: string | undefined) => void asked.push(about));
  for (const about of ['a', undefined, 'a', undefined, 'b']) answer(about);
  expect(asked).toEqual(['a', undefined, 'b']);
});

it('gives whoever asks again the same failure', async () => {
  let times = 0;
  const answer = once(async (about: string) => {
    times += 1;
    throw new Error(`nothing about ${about}`);
  });
  await expect(answer('a')).rejects.toThrow('nothing about a');
  await expect(answer('a')).rejects.toThrow('nothing about a');
  expect(times).toBe(1);
});
