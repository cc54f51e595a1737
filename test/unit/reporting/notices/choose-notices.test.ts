import { describe, expect, it } from 'vitest';
import { chooseNotices } from '../../../../lib/reporting/notices/rules/choose-notices.ts';
import type { SeenEvent } from '../../../../lib/reporting/notices/rules/seen-event.ts';
import { takeIn } from '../../../../lib/reporting/notices/rules/take-in.ts';
import { EMPTY, type Memory } from '../../../../lib/reporting/notices/rules/trouble.ts';
import { checked, DAY, fact, failed, failedByForce, HOUR, later, MINUTE, NOW, notDeployed } from './facts.ts';

/** What is told of facts that come at these instants, one mail a line: subjects told, and `over` those that are over. */
function mails(steps: readonly [at: Date, ...facts: SeenEvent[]][], left = 0.3): string[] {
  let memory: Memory = EMPTY;
  return steps.map(([now, ...facts]) => {
    const known = takeIn(memory, facts, now);
    const life = { notBefore: later((left - 1) * 90 * DAY), notAfter: later(left * 90 * DAY) };
    const lives = new Map(Object.values(known.troubles).map(({ subject }) => [subject, life]));
    const { tell, over, after } = chooseNotices(known, { lives, now });
    memory = after;
    return [...tell.map(({ subject }) => subject), ...over.map(({ subject }) => `over ${subject}`)].join(
      ', ',
    );
  });
}
const at = later;

describe('a renewal that fails is told', () => {
  it.each([
    ['not the first time', 0.3, 1, ''],
    ['the second time', 0.3, 2, 'a'],
    ['the first time, where under a sixth of the life is left', 0.16, 1, 'a'],
    ['the first time, where it expired', -0.1, 1, 'a'],
  ])('%s', (_when, left, failures, expected) => {
    expect(mails([[NOW, failed('a', failures)]], left)).toEqual([expected]);
  });

  it('the first time where somebody asked for it by hand', () => {
    expect(mails([[NOW, failedByForce('a')]])).toEqual(['a']);
  });

  it('the first time where none was issued yet', () => {
    const memory = takeIn(EMPTY, [failed('a')], NOW);
    expect(chooseNotices(memory, { lives: new Map(), now: NOW }).tell).toHaveLength(1);
  });
});

describe('the same trouble', () => {
  it('is told once a day', () => {
    const again = (hours: number): [Date, SeenEvent] => [
      at(hours * HOUR),
      failed('a', hours + 2, at(hours * HOUR)),
    ];
    expect(mails([again(0), again(1), again(23), again(24), again(25), again(48)])).toEqual([
      'a',
      '',
      '',
      'a',
      '',
      'a',
    ]);
  });

  it('with another reason is another, and neither is told twice a day', () => {
    const reasons = ['caa-forbids', 'dns-unavailable', 'caa-forbids', 'dns-unavailable'];
    const steps = reasons.map((reason, hours): [Date, SeenEvent] => [
      at(hours * HOUR),
      failed('a', hours + 2, at(hours * HOUR), reason),
    ]);
    expect(mails(steps)).toEqual(['a', 'a', '', '']);
  });

  it('is told once when it is over, and not at all when it never was told', () => {
    const renewed = (name: string, hours: number) =>
      fact('Certificate Renewed', { name, seconds: 9 }, at(hours * HOUR));
    expect(
      mails([
        [NOW, failed('a', 2), failed('b', 1)],
        [at(HOUR), renewed('a', 1), renewed('b', 1)],
        [at(2 * HOUR), checked({}, at(2 * HOUR))],
      ]),
    ).toEqual(['a', 'over a', '']);
  });

  it('delivered twice at once is told once', () => {
    expect(
      mails([
        [NOW, failed('a', 2), failed('a', 2)],
        [at(1_000), failed('a', 2)],
      ]),
    ).toEqual(['a', '']);
  });
});

describe('many troubles', () => {
  const hosts = Array.from({ length: 200 }, (_, index) => `i-${index}`);

  it('of 200 hosts of a group are one', () => {
    const facts = hosts.map((host) => notDeployed('web', host));
    const memory = takeIn(EMPTY, facts, NOW);
    const { tell } = chooseNotices(memory, { lives: new Map(), now: NOW });
    expect(tell.map(({ subject, hosts, names }) => [subject, hosts.length, names])).toEqual([
      ['web', 200, ['example.com']],
    ]);
  });

  it('of 200 hosts, each told apart within the hour, are one mail', () => {
    const steps = hosts.map((host, index): [Date, SeenEvent] => [
      at(index * 15_000),
      notDeployed('web', host),
    ]);
    expect(mails(steps).filter(Boolean)).toEqual(['web']);
  });

  it('within ten minutes of a mail wait, at the latest for the hourly check', () => {
    expect(
      mails([
        [NOW, failed('a', 2)],
        [at(MINUTE), failed('b', 2, at(MINUTE))],
        [at(2 * MINUTE), failed('c', 2, at(2 * MINUTE))],
        [at(HOUR), checked({ failing: { count: 3, items: ['a', 'b', 'c'] } }, at(HOUR))],
      ]),
    ).toEqual(['a', '', '', 'b, c']);
  });
});

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

describe('a host that installs after it failed', () => {
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

describe('what the check finds', () => {
  const rejected = {
    count: 1,
    items: [{ name: 'bad', reason: 'renewal-file-invalid', message: 'names: is empty' }],
  };

  it('is told: a file that cannot be used, until it can', () => {
    expect(
      mails([
        [NOW, checked({ rejected })],
        [at(HOUR), checked({ rejected }, at(HOUR))],
        [at(2 * HOUR), checked({}, at(2 * HOUR))],
      ]),
    ).toEqual(['bad', '', 'over bad']);
  });

  it('is not told anew where it comes back before anybody heard that it was over', () => {
    const again = at(20 * MINUTE);
    expect(
      mails([
        [NOW, notDeployed('web', 'i-1')],
        [at(5 * MINUTE), checked({}, at(5 * MINUTE))],
        [again, notDeployed('web', 'i-1', again)],
        [at(HOUR), checked({}, at(HOUR))],
      ]),
    ).toEqual(['web', '', '', 'over web']);
  });

  it('is told: what is overdue without a failure', () => {
    const overdue = { count: 2, items: ['a', 'b'] };
    const failing = { count: 1, items: ['a'] };
    expect(mails([[NOW, failed('a', 2), checked({ failing, overdue }, at(1))]])).toEqual(['a, b']);
  });

  it('says of failures beyond its list nothing', () => {
    const failing = { count: 2, items: ['b'] };
    expect(
      mails([
        [NOW, failed('a', 2)],
        [at(HOUR), checked({ failing }, at(HOUR))],
      ]),
    ).toEqual(['a', '']);
  });

  it('ends no failure that came after it began', () => {
    expect(
      mails([
        [NOW, failed('a', 2, at(MINUTE))],
        [at(HOUR), checked({}, NOW)],
      ]),
    ).toEqual(['a', '']);
  });
});

it('an object that was set aside is told once', () => {
  const aside = fact('Object Set Aside', {
    key: 'live/a.json',
    aside: 'aside/live/a.json.1',
    reason: 'pointer-malformed',
  });
  expect(
    mails([
      [NOW, aside],
      [at(DAY), checked({}, at(DAY))],
      [at(2 * DAY), checked({}, at(2 * DAY))],
    ]),
  ).toEqual(['live/a.json', '', '']);
});

it.each([['Certificate Import Failed', 'Certificate Imported']] as const)(
  '%s is over with %s',
  (type, end) => {
    const trouble = fact(type, { name: 'a', region: 'eu-west-1', reason: 'acm-unavailable', message: 'm' });
    const over = fact(end, { name: 'a', region: 'eu-west-1' }, at(HOUR));
    expect(
      mails([
        [NOW, trouble],
        [at(HOUR), over],
      ]),
    ).toEqual(['a in eu-west-1', 'over a in eu-west-1']);
  },
);

describe('a site is told', () => {
  const probed = (hours: number, ...found: `${'failing' | 'warning'} ${string}`[]): [Date, SeenEvent] => {
    const findings = found.map((one) => {
      const [status = '', check = ''] = one.split(' ');
      return { site: 'a.example', check, status, seen: 'no intermediate', remedy: 'serve fullchain.pem' };
    });
    const when = at(hours * HOUR);
    return [when, fact('Site Probed', { name: 'a', troubles: findings.length, findings }, when)];
  };
  const quiet = (hours: number): [Date, SeenEvent] => [at(hours * HOUR), checked({}, at(hours * HOUR))];

  it('until nothing is wrong with it', () => {
    expect(mails([probed(0, 'failing chain'), probed(1)])).toEqual(['a', 'over a']);
  });

  it('each day where something fails', () => {
    const both = probed(0, 'failing chain', 'warning hsts');
    expect(mails([both, quiet(23), quiet(24), quiet(48)])).toEqual(['a', '', 'a', 'a']);
  });

  it('once where there are only warnings, as long as they are of the same', () => {
    expect(
      mails([
        probed(0, 'warning http2', 'warning hsts'),
        quiet(25),
        probed(168, 'warning hsts', 'warning http2'),
        probed(336, 'warning hsts', 'warning http2', 'warning served'),
        quiet(400),
        probed(504),
      ]),
    ).toEqual(['a', '', '', 'a', '', 'over a']);
  });

  it('at once where a warning becomes a failure, and not again where it is one again', () => {
    const steps = [probed(0, 'warning expiry'), probed(1, 'failing expiry'), probed(2, 'warning expiry')];
    expect(mails([...steps, quiet(50)])).toEqual(['a', 'a', '', '']);
  });
});
