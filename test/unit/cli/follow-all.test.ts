import { expect, it, vi } from 'vitest';
import { followAll, followedAnswer } from '../../../cli/follow/show.ts';
import { HostsError } from '../../../lib/delivery/deployment/hosts.ts';

it('what cannot be followed is told, and the others are', async () => {
  const followed = await followAll(
    ['a', 'b', 'c'],
    async (name) => {
      if (name === 'a') throw new HostsError('hosts-access-denied', 'Systems Manager denied it');
      if (name === 'c') throw new TypeError('socket hang up');
      return { name, outcome: 'deployed', message: '', hosts: [] };
    },
    { silent: true },
  );
  expect(followed).toEqual([
    {
      name: 'a',
      outcome: 'unfinished',
      message: expect.stringMatching(/Systems Manager denied it.*status/),
      hosts: [],
    },
    { name: 'b', outcome: 'deployed', message: '', hosts: [] },
    { name: 'c', outcome: 'unfinished', message: expect.stringMatching(/socket hang up.*status/), hosts: [] },
  ]);
  expect(followedAnswer('deploy', followed)).toMatchObject({ ok: false });
});

it.each([
  ['people, a line of what came of each once it has ended', false, ['a: renewed', 'b: failed']],
  ['programs, nothing', true, []],
])('into a pipe goes, for %s', async (_, silent, lines) => {
  const told: string[] = [];
  const log = vi.spyOn(console, 'log').mockImplementation((line) => void told.push(line));
  const isTty = process.stdout.isTTY;
  process.stdout.isTTY = false;
  try {
    await followAll(
      ['a', 'b'],
      async (name, { say }) => {
        say('renewing');
        return { name, outcome: name === 'a' ? 'renewed' : 'failed', message: 'x', hosts: [] };
      },
      { silent },
    );
  } finally {
    process.stdout.isTTY = isTty;
    log.mockRestore();
  }
  expect(told).toEqual(lines);
});
