import { describe, expect, it } from 'vitest';
import { chooseNotices } from '../../../../lib/reporting/notices/rules/choose-notices.ts';
import type { SeenEvent } from '../../../../lib/reporting/notices/rules/seen-event.ts';
import { takeIn } from '../../../../lib/reporting/notices/rules/take-in.ts';
import { EMPTY } from '../../../../lib/reporting/notices/rules/trouble.ts';
import {
  later as at,
  checked,
  DAY,
  fact,
  failed,
  failedByForce,
  HOUR,
  MINUTE,
  mails,
  NOW,
  notDeployed,
} from './facts.ts';

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

  it('is told once a day, however a CA is down', () => {
    const reasons = ['ca-unreachable', 'ca-timeout', 'acme-server-internal', 'ca-unavailable', 'caa-forbids'];
    const steps = reasons.map((reason, hours): [Date, SeenEvent] => [
      at(hours * HOUR),
      failed('a', hours + 2, at(hours * HOUR), reason),
    ]);
    expect(mails(steps)).toEqual(['a', '', '', '', 'a']);
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

  it('once a day at most where the warnings are others within it', () => {
    const other = (hours: number) => probed(hours, 'warning hsts', 'warning http2');
    const steps = [probed(0, 'warning hsts'), other(1), quiet(2), quiet(23), quiet(24), quiet(25), quiet(50)];
    expect(mails(steps)).toEqual(['a', '', '', '', 'a', '', '']);
  });

  it('at once where a warning becomes a failure, and not again where it is one again', () => {
    const steps = [probed(0, 'warning expiry'), probed(1, 'failing expiry'), probed(2, 'warning expiry')];
    expect(mails([...steps, quiet(50)])).toEqual(['a', 'a', '', '']);
  });
});
