import { describe, expect, it } from 'vitest';
import { chooseNotices } from '../../../../lib/reporting/notices/rules/choose-notices.ts';
import type { SeenEvent } from '../../../../lib/reporting/notices/rules/seen-event.ts';
import { takeIn } from '../../../../lib/reporting/notices/rules/take-in.ts';
import { EMPTY, type Memory } from '../../../../lib/reporting/notices/rules/trouble.ts';
import { later as at, checked, fact, HOUR, mails, NOW, notDeployed } from './facts.ts';

describe('a deployment that fails', () => {
  it.each([
    ['nginx-test-failed', 'web'],
    ['no-hosts', 'web'],
    ['hosts-offline', 'web'],
    ['canary-slow', ''],
    ['ssm-delivery-timed-out', ''],
    ['locked', ''],
  ])('for %s is told at once: "%s"', (reason, expected) => {
    expect(mails([[NOW, notDeployed('web', 'i-1', NOW, reason)]])).toEqual([expected]);
  });

  it.each(['canary-slow', 'locked'])('for %s is told when it is so again an hour later', (reason) => {
    const slow = (hours: number) => notDeployed('web', 'i-1', at(hours * HOUR), reason);
    expect(
      mails([
        [NOW, slow(0)],
        [at(HOUR), slow(1)],
      ]),
    ).toEqual(['', 'web']);
  });

  it('is over when a check finds no host of the group behind', () => {
    const behind = { hostsBehind: { count: 1, groups: ['web'] } };
    expect(
      mails([
        [NOW, notDeployed('web', 'i-1')],
        [at(HOUR), checked(behind, at(HOUR))],
        [at(2 * HOUR), checked({ warnings: ['Systems Manager does not answer'] }, at(2 * HOUR))],
        [at(3 * HOUR), checked({}, at(3 * HOUR))],
      ]),
    ).toEqual(['web', '', '', 'over web']);
  });

  it('keeps the reason of the host that went first', () => {
    const memory = takeIn(
      EMPTY,
      [notDeployed('web', 'i-1'), notDeployed('web', 'i-2', at(1), 'canary-failed')],
      NOW,
    );
    expect(memory.troubles['deployment web']?.reason).toBe('nginx-test-failed');
  });

  it('is told though another host reports only what passes', () => {
    const locked = (ms: number) => notDeployed('web', 'i-2', at(ms), 'locked');
    const reasonOf = (...events: SeenEvent[]) =>
      takeIn(EMPTY, events, NOW).troubles['deployment web']?.reason;
    expect(mails([[NOW, notDeployed('web', 'i-1'), locked(1)]])).toEqual(['web']);
    expect(reasonOf(notDeployed('web', 'i-1'), locked(1))).toBe('nginx-test-failed');
    expect(reasonOf(locked(0), notDeployed('web', 'i-1', at(1)))).toBe('nginx-test-failed');
    expect(reasonOf(notDeployed('web', 'i-1', NOW, 'hosts-offline'), locked(1))).toBe('locked');
  });

  it('is not told any more once it is mended, where another host reports what passes', () => {
    const mended = { name: 'example.com', group: 'web', hosts: [{ instanceId: 'i-1', outcome: 'served' }] };
    const events = [
      notDeployed('web', 'i-1'),
      fact('Certificate Deployed', mended, at(1)),
      notDeployed('web', 'i-2', at(2), 'locked'),
    ];
    expect(takeIn(EMPTY, events, NOW).troubles['deployment web']?.reason).toBe('locked');
  });

  it('because nobody was there is over with the first host that installs', () => {
    const host = { instanceId: 'i-1', outcome: 'served' };
    const deployed = fact(
      'Certificate Deployed',
      { name: 'example.com', group: 'web', hosts: [host] },
      at(2 * HOUR),
    );
    expect(
      mails([
        [NOW, notDeployed('web', 'i-1', NOW, 'hosts-offline')],
        [at(HOUR), checked({}, at(HOUR))],
        [at(2 * HOUR), deployed],
      ]),
    ).toEqual(['web', '', 'over web']);
  });
});

const deployed = (host: string, when: Date, name = 'example.com') =>
  fact(
    'Certificate Deployed',
    { name, group: 'web', hosts: [{ instanceId: host, outcome: 'served' }] },
    when,
  );
const notFor = (name: string, host: string): SeenEvent => {
  const event = notDeployed('web', host);
  return { ...event, detail: { ...event.detail, name } } as SeenEvent;
};

describe('a host that installs after it failed', () => {
  const three = ['i-1', 'i-2', 'i-3'].map((host) => notDeployed('web', host));
  const told = (...events: SeenEvent[]) => {
    const { troubles } = takeIn(EMPTY, events, NOW);
    const { hosts, names } = troubles['deployment web'] ?? {};
    return { hosts, names };
  };

  it('is not counted any more', () => {
    expect(told(...three, deployed('i-1', at(HOUR)), deployed('i-3', at(HOUR)))).toEqual({
      hosts: ['i-2'],
      names: ['example.com'],
    });
  });

  it('is counted for a certificate that it did not install, and the certificate where it failed', () => {
    const events = [notFor('a', 'i-1'), notFor('b', 'i-1'), notFor('b', 'i-2')];
    expect(told(...events, deployed('i-1', at(HOUR), 'b'))).toEqual({
      hosts: ['i-1', 'i-2'],
      names: ['a', 'b'],
    });
    expect(told(...events, deployed('i-1', at(HOUR), 'a'))).toEqual({ hosts: ['i-1', 'i-2'], names: ['b'] });
  });

  it('is counted again when it fails again', () => {
    const again = notDeployed('web', 'i-1', at(2 * HOUR));
    expect(told(...three, deployed('i-1', at(HOUR)), again).hosts).toEqual(['i-2', 'i-3', 'i-1']);
  });

  it('and was in the memory of a version that did not note who failed for what', () => {
    const { troubles } = takeIn(EMPTY, three, NOW);
    const older = { ...EMPTY, troubles: { 'deployment web': { ...troubles['deployment web'] } } } as Memory;
    delete older.troubles['deployment web']?.failedOn;
    const after = takeIn(older, [deployed('i-2', at(HOUR))], at(HOUR));
    expect(after.troubles['deployment web']?.hosts).toEqual(['i-1', 'i-3']);
  });

  it('as the last one that failed is not told again, and its end with the check that finds nobody behind', () => {
    const behind = { hostsBehind: { count: 1, groups: ['web'] } };
    expect(
      mails([
        [NOW, notDeployed('web', 'i-1')],
        [at(HOUR), deployed('i-1', at(HOUR))],
        [at(25 * HOUR), checked(behind, at(25 * HOUR))],
        [at(26 * HOUR), notDeployed('web', 'i-2', at(26 * HOUR))],
        [at(27 * HOUR), deployed('i-2', at(27 * HOUR)), checked({}, at(28 * HOUR))],
      ]),
    ).toEqual(['web', '', '', 'web', 'over web']);
  });

  it('leaves a failure of the whole group to be told', () => {
    const denied = notDeployed('web', 'i-1', at(2 * HOUR), 'hosts-access-denied') as SeenEvent & {
      detail: { hosts: unknown[] };
    };
    denied.detail.hosts = [];
    const memory = takeIn(
      EMPTY,
      [notDeployed('web', 'i-1'), deployed('i-1', at(HOUR)), denied],
      at(2 * HOUR),
    );
    const { tell } = chooseNotices(memory, { lives: new Map(), now: at(2 * HOUR) });
    expect(tell.map(({ reason }) => reason)).toEqual(['hosts-access-denied']);
  });
});

describe('a trouble of a group of which one certificate has a file that cannot be used', () => {
  const items = [{ name: 'b', reason: 'renewal-file-invalid', message: 'm' }];
  const broken = { rejected: { count: 1, items } };
  const leftAfter = (hours: number, ...facts: SeenEvent[]) =>
    takeIn(EMPTY, [...facts, checked(broken, at(hours * HOUR))], at(hours * HOUR)).troubles['deployment web'];
  const both = [notFor('a', 'i-1'), notFor('b', 'i-1'), notFor('a', 'i-2'), notFor('a', 'i-3')];

  it('is left with what the check cannot know', () => {
    expect(leftAfter(1, ...both)).toMatchObject({ hosts: ['i-1'], names: ['b'] });
  });

  it.each([
    ['its group has hosts behind', { hostsBehind: { count: 1, groups: ['web'] } }],
    ['the check could not see all', { warnings: ['Systems Manager does not answer'] }],
    ['the check does not name all such files', { rejected: { count: 2, items } }],
    ['it arose after the check began', { at: NOW.toISOString() }],
  ])('is left as it is where %s', (_, more) => {
    const check = checked({ ...broken, ...more }, at(HOUR));
    const { troubles } = takeIn(EMPTY, [...both, check], at(HOUR));
    expect(troubles['deployment web']).toMatchObject({ hosts: ['i-1', 'i-2', 'i-3'], names: ['a', 'b'] });
  });

  it('is over once its hosts have installed that one', () => {
    const installed = deployed('i-1', at(HOUR), 'b');
    expect(leftAfter(2, notFor('b', 'i-1'), installed)).toBeUndefined();
    expect(leftAfter(2, ...both, deployed('i-1', at(HOUR), 'a'), installed)).toBeUndefined();
  });

  it('that nobody is there is over with the check that finds a host online', () => {
    const away = notDeployed('web', 'i-1', NOW, 'hosts-offline');
    const online = checked({ ...broken, groupsOnline: ['web'] }, at(HOUR));
    const named = { ...away, detail: { ...away.detail, name: 'b' } } as SeenEvent;
    expect(takeIn(EMPTY, [named, online], at(HOUR)).troubles['deployment web']).toBeUndefined();
  });
});
