import { describe, expect, it } from 'vitest';
import type { CheckSummary } from '../../../../lib/foundation/events/events.ts';
import { type MailFacts, subjectLine, writeMail } from '../../../../lib/reporting/notices/rules/mail.ts';
import { METRICS, measure } from '../../../../lib/reporting/notices/rules/measure.ts';
import { SeenEvent } from '../../../../lib/reporting/notices/rules/seen-event.ts';
import { takeIn } from '../../../../lib/reporting/notices/rules/take-in.ts';
import { EMPTY } from '../../../../lib/reporting/notices/rules/trouble.ts';
import { writeReport } from '../../../../lib/reporting/notices/rules/weekly-report.ts';
import { checked, DAY, fact, failed, failedByForce, later, NOW, notDeployed } from './facts.ts';

const facts = {
  over: [],
  stage: 'production',
  docsUrl: 'docs',
  lives: new Map<string, { notAfter: string }>(),
  now: NOW,
};
const troublesOf = (...seen: Parameters<typeof takeIn>[1]) =>
  Object.values(takeIn(EMPTY, seen, NOW).troubles);
const write = (more: Partial<MailFacts>) => writeMail({ ...facts, tell: [], ...more });

describe('a mail', () => {
  it('says of a renewal what a person needs', () => {
    const lives = new Map([['example.com', { notAfter: later(9.5 * DAY).toISOString() }]]);
    const { subject, text } = write({ tell: troublesOf(failed('example.com', 3)), lives });
    expect(subject).toBe('[Perennial production] example.com is not renewed: caa-forbids');
    expect(text).toBe(`example.com is not renewed
  Time left:      9 days, until 2026-11-29 14:00 UTC
  What failed:    CAA of example.com forbids it (caa-forbids)
  What was tried: 3 times since 2026-11-20 02:00 UTC
  What to do:     let the CAA record allow the CA, or set "caa" in the renewal file
  Command:        npx --no-install perennial-tls doctor example.com --stage production; then npx --no-install perennial-tls renew example.com --stage production
  More:           docs/operations.md#caa-forbids

Commands are for the project's folder. The same is not told again within a day, and once when it is over.
`);
  });

  it.each([
    [undefined, 'none was issued yet'],
    [later(47.5 * 3_600_000), '47 hours, until 2026-11-22 01:30 UTC'],
    [later(-DAY), 'EXPIRED on 2026-11-19 02:00 UTC'],
  ])('says how long %s is left', (notAfter, expected) => {
    const lives = new Map(notAfter ? [['a', { notAfter: notAfter.toISOString() }]] : []);
    expect(write({ tell: troublesOf(failed('a')), lives }).text).toContain(`Time left:      ${expected}\n`);
  });

  it('says that a renewal by force is not tried again, until another one fails', () => {
    const said = 'not again before you force it again';
    expect(write({ tell: troublesOf(failedByForce('a')) }).text).toContain(said);
    const later = failed('a', 2, new Date(NOW.getTime() + 60_000));
    expect(write({ tell: troublesOf(failedByForce('a'), later) }).text).not.toContain(said);
  });

  it('is not held up by an event that cannot be sorted: that one is refused where it comes in', () => {
    const bad = { ...failed('a'), time: 'yesterday' };
    expect(SeenEvent.safeParse(bad).success).toBe(false);
    const odd = failed('a');
    expect(SeenEvent.safeParse({ ...odd, detail: { ...odd.detail, notBefore: 'x' } }).success).toBe(false);
    expect(SeenEvent.safeParse(odd).data).toEqual(odd);
  });

  it('shows what others wrote as one line each, so that it can pass for no line of ours', () => {
    const evil = 'x\r\n\r\nAll clear:\n  everything\u202e\u001b[2J';
    const fromHost = notDeployed('web', 'i-1', NOW, 'constructor');
    if ('message' in fromHost.detail) fromHost.detail.message = evil;
    const { subject, text } = write({ tell: troublesOf(fromHost, failed(evil)) });
    const before = write({ tell: troublesOf(notDeployed('web', 'i-1'), failed('a')) });
    expect(text.split('\n')).toHaveLength(before.text.split('\n').length);
    expect((subject + text).replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]|native code/u);
    expect(text).toContain('x All clear: everything [2J (unknown reason constructor)');
  });

  it('names the hosts of a group', () => {
    const hosts = Array.from({ length: 12 }, (_, index) => notDeployed('web', `i-${index}`));
    const { subject, text } = write({ tell: troublesOf(...hosts) });
    expect(subject).toBe('[Perennial production] group web: 12 hosts do not install: nginx-test-failed');
    expect(text).toContain('Hosts:          i-0, i-1, i-2, i-3, i-4, i-5, i-6, i-7, i-8, i-9 and 2 more\n');
    expect(text).toContain('then npx --no-install perennial-tls deploy web --stage production');
    expect(text).toContain('More:           docs/reference/hosts.md#what-a-host-reports\n');
  });

  it('counts the hosts of a deployment, and not how often each was told', () => {
    const told = [notDeployed('web', 'i-0'), notDeployed('web', 'i-0'), notDeployed('web', 'i-1')];
    const { text } = write({ tell: troublesOf(...told) });
    expect(text).toContain('What was tried: on 2 hosts since 2026-11-20 02:00 UTC\n');
    expect(write({ tell: troublesOf(notDeployed('web', 'i-0')) }).text).toContain('on 1 host since');
  });

  it('of 300 troubles names fifty and says how many there are', () => {
    const tell = troublesOf(...Array.from({ length: 300 }, (_, index) => failed(`c${index}`, 2)));
    const { subject, text } = write({ tell });
    expect(subject).toBe('[Perennial production] 300 troubles, first: c0 is not renewed');
    expect(text.match(/is not renewed/g)).toHaveLength(50);
    expect(text).toContain('and 250 more: npx --no-install perennial-tls status --stage production');
    expect(Buffer.byteLength(text)).toBeLessThan(256 * 1024);
  });

  it('says what is over', () => {
    const { subject, text } = write({ over: troublesOf(failed('a')) });
    expect(subject).toBe('[Perennial production] all clear: a is not renewed');
    expect(text).toContain(
      'All clear:\n  a is not renewed: over, since 2026-11-20 02:00 UTC (caa-forbids)\n',
    );
  });
});

it.each([
  ['a', 'a'],
  ['é\n\u202e', '???'],
  ['x'.repeat(99), 'x'.repeat(99)],
  ['x'.repeat(100), `${'x'.repeat(96)}...`],
])('the subject of %j is as SNS takes it', (text, expected) => {
  expect(subjectLine(text)).toBe(expected);
});

it('the weekly report says how all are', () => {
  const seen = checked({
    start: 'weekly-sweep',
    failing: { count: 1, items: ['a'] },
    soonest: [{ name: 'a', lifeLeft: 0.124, notAfter: '2026-12-01T00:00:00Z' }],
  });
  if (seen['detail-type'] !== 'Certificates Checked') throw new Error('not a check');
  const { subject, text } = writeReport(seen.detail, { stage: 'production' });
  expect(subject).toBe('[Perennial production] weekly report: 3 certificates, 1 to look at');
  expect(text).toContain('  Failing:              1 (a)\n');
  expect(text).toContain('  2026-12-01    12 % of its life left  a\n');
});

it.each<[string, Partial<CheckSummary>]>([
  ['a warning', { warnings: ['could not list the hosts'] }],
  ['what could not be read', { unseen: { hosts: true, strays: false, names: [] } }],
])('the weekly report calls nothing well that was not looked at: %s', (_, more) => {
  const seen = checked({ start: 'weekly-sweep', ...more });
  if (seen['detail-type'] !== 'Certificates Checked') throw new Error('not a check');
  const { subject, text } = writeReport(seen.detail, { stage: 'test' });
  expect(subject).toContain('3 certificates, not all was looked at');
  for (const warning of more.warnings ?? []) expect(text).toContain(warning);
});

describe('what is measured', () => {
  it('is at most ten metrics', () => {
    expect(Object.keys(METRICS).length).toBeLessThanOrEqual(10);
  });

  it('of a check is how all are, and that it came', () => {
    const seen = checked({
      soonest: [{ name: 'a', lifeLeft: 0.25, notAfter: '2026-12-01T00:00:00Z' }],
      failing: { count: 2, items: [] },
      rejected: { count: 1, items: [] },
      overdue: { count: 3, items: [] },
      hostsBehind: { count: 4, groups: [] },
    });
    expect(measure([{ ...seen, time: later(5_000).toISOString() }], later(-2 * DAY).toISOString())).toEqual([
      { name: 'Heartbeat', value: 1 },
      { name: 'LifeLeft', value: 25 },
      { name: 'CertificatesFailing', value: 3 },
      { name: 'CertificatesOverdue', value: 3 },
      { name: 'HostsOutOfDate', value: 4 },
      { name: 'SweepAge', value: 2 },
      { name: 'CheckDuration', value: 5 },
    ]);
  });

  it('of renewals is how they end', () => {
    const renewed = fact('Certificate Renewed', { name: 'a', seconds: 61 });
    expect(measure([renewed, failed('b'), failed('c')], undefined)).toEqual([
      { name: 'RenewalsSucceeded', value: 1 },
      { name: 'RenewalDuration', value: 61 },
      { name: 'RenewalsFailed', value: 1 },
      { name: 'RenewalsFailed', value: 1 },
    ]);
  });
});
