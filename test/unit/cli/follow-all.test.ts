import { expect, it } from 'vitest';
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
