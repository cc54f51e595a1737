import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Diagnosis } from '../../lib/reporting/doctor/rules/finding.ts';
import { IS_WRONG } from '../../lib/reporting/notices/rules/choose-metrics.ts';
import { type LoggedMetric, readMetrics } from '../../local/alarms/read-metrics.ts';
import { onMail, type PublishedMail } from '../../local/sns/on-mail.ts';
import { DeployedLine } from './deployed-line.ts';

let line: DeployedLine;
/** What was published to the stack's topic. */
const mails: PublishedMail[] = [];

beforeAll(async () => {
  line = await DeployedLine.start();
  onMail(line.cloud.parts.aws.gateway, (mail) => mails.push(mail));
  await line.putAndWait('example.com', { names: ['example.com'], profile: 'classic' });
  await line.putAndWait('fails', { names: ['fails.example.com'], profile: 'none-such' });
  await line.put('renewal/broken.json', '{');
  await line.cloud.fireSchedule((expression) => expression === 'rate(1 hour)');
  await line.idle();
  await line.cloud.fireSchedule((expression) => expression.startsWith('cron'));
  await line.idle();
});

afterAll(() => line?.stop());

it('tells at once of a certificate that cannot be issued the first time, and what to do', async () => {
  const [mail] = mails;
  expect(mail?.topic).toBe((await line.cloud.outputs()).AlarmTopic);
  expect(mail?.subject).toBe('[Perennial local] fails is not renewed: profile-unknown');
  expect(mail?.text).toContain('Time left:      none was issued yet\n');
  expect(mail?.text).toContain('Command:        npx --no-install perennial-tls doctor fails --stage local;');
  expect(mail?.text).toContain('More:           docs/operations.md#profile-unknown\n');
});

it('tells the same no second time, and what came within minutes of a mail later', () => {
  expect(mails.filter(({ text }) => text.includes('fails is not renewed'))).toHaveLength(1);
  expect(mails.filter(({ text }) => text.includes('renewal/broken.json cannot be used'))).toEqual([]);
});

it('reports the weekly sweep', () => {
  const [report] = mails.filter(({ subject }) => subject.includes('weekly report'));
  expect(report?.subject).toBe('[Perennial local] weekly report: 3 certificates, 2 to look at');
  expect(report?.text).toContain('  Failing:              1 (fails)\n');
  expect(report?.text).toContain('  Files not usable:     1 (broken)\n');
});

it('says every mail in plain words that SNS takes', () => {
  for (const { subject } of mails) expect(subject).toMatch(/^[\x20-\x7e]{1,100}$/);
});

it('publishes what alarms watch while that is wrong or new, with one dimension value', () => {
  const measured: LoggedMetric[] = line.printed.flatMap(readMetrics);
  const byName = new Map(measured.map((metric) => [metric.name, metric]));
  expect([...byName.keys()].sort()).toEqual(Object.keys(IS_WRONG).sort());
  expect(new Set(measured.map(({ namespace }) => namespace))).toEqual(new Set(['Perennial']));
  expect(new Set(measured.map(({ dimensions }) => JSON.stringify(dimensions)))).toEqual(
    new Set([JSON.stringify({ service: 'perennial-local' })]),
  );
  expect(byName.get('CertificatesFailing')?.values).toEqual([2]);
});

it('tells that an alarm is over, and nothing of one that is new', async () => {
  const change = (alarmName: string, before: string) =>
    line.cloud.parts.aws.emit({
      source: 'aws.cloudwatch',
      detailType: 'CloudWatch Alarm State Change',
      detail: {
        alarmName,
        state: { value: 'OK', reason: 'Threshold Crossed' },
        previousState: { value: before, timestamp: '2026-11-19T21:07:44.000+0000' },
      },
    });
  await change('perennial-local-sweep-late', 'INSUFFICIENT_DATA');
  await change('perennial-production-no-heartbeat', 'ALARM');
  await change('perennial-local-no-heartbeat', 'ALARM');
  await line.idle();
  const told = mails.filter(({ subject }) => subject.includes('alarm over'));
  expect(told.map(({ subject }) => subject)).toEqual([
    '[Perennial local] alarm over: perennial-local-no-heartbeat',
  ]);
  expect(told[0]?.text).toContain('  It came:        2026-11-19 21:07 UTC\n');
});

describe('who is to be told', () => {
  const ask = async () => {
    await line.invoke('status', { page: true });
    const { findings } = await line.invoke<Diagnosis>('doctor', { names: ['example.com'] });
    return {
      page: (await line.text('status/index.html')) ?? '',
      told: findings.filter(({ check }) => check === 'notify'),
    };
  };

  it('is no trouble once it is confirmed', async () => {
    const { page, told } = await ask();
    expect(told).toEqual([]);
    expect(page).not.toContain('class="deaf"');
  });

  it('is seen by doctor and told on the page while it is not', async () => {
    const remove = line.cloud.faults.add({
      service: 'sns',
      action: 'ListSubscriptionsByTopic',
      times: 2,
      effect: {
        kind: 'rewrite',
        answer: (given) => ({
          ...given,
          body: `${given.body}`.replace(/<SubscriptionArn>[^<]+</g, '<SubscriptionArn>PendingConfirmation<'),
        }),
      },
    });
    const { page, told } = await ask();
    expect(remove()).toBe(2);
    const seen = 'you@example.com has not confirmed, and hears nothing';
    expect(told).toMatchObject([{ certificate: '(stack)', status: 'failing', seen }]);
    expect(page).toContain(`<p class="deaf">${seen}: follow the link`);
  });
});
