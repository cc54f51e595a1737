import { describe, expect, it } from 'vitest';
import { reportOf as tableOf } from '../../../cli/commands/status.ts';
import { checkHealth } from '../../../lib/reporting/doctor/rules/check-health.ts';
import { chooseNotices } from '../../../lib/reporting/notices/rules/choose-notices.ts';
import { writeMail } from '../../../lib/reporting/notices/rules/mail.ts';
import { measure } from '../../../lib/reporting/notices/rules/measure.ts';
import { takeIn } from '../../../lib/reporting/notices/rules/take-in.ts';
import { EMPTY } from '../../../lib/reporting/notices/rules/trouble.ts';
import { writeReport } from '../../../lib/reporting/notices/rules/weekly-report.ts';
import { rowOf } from '../../../lib/reporting/status/page/row.ts';
import { statusOf } from '../../../lib/reporting/status/rules/certificate-status.ts';
import { summarizeCheck } from '../../../lib/scan/rules/check-summary.ts';
import { HEALTHS, type HealthFacts } from '../../../lib/scan/rules/health.ts';
import { judgeAll } from '../../../lib/scan/rules/judge-health.ts';
import { HEALTH_NOW as NOW } from '../../fakes/health-facts.ts';
import { hostGroup } from '../../fakes/stack.ts';
import { factsOf } from './facts-of.ts';
import { ROWS } from './health-rows.ts';

/** What an hourly check tells of it. */
function summaryOf(facts: HealthFacts) {
  const { fleet: listed, records, lives = new Map(), acm, ...one } = facts;
  const imports = new Map(acm ? [[facts.name, acm]] : []);
  const byId = new Map(records.map((record) => [record.instanceId, record]));
  const health = judgeAll([one], { listed, records: byId, lives, imports });
  const plan = {
    start: 'hourly-check',
    at: NOW.toISOString(),
    certificates: [],
    deployments: [],
    waiting: [],
    warnings: [],
  };
  return summarizeCheck(
    { ...plan, groupsOnline: [], listed, unseen: { hosts: false, strays: false, names: [] } },
    [],
    health,
  );
}

const checkedAt = (detail: ReturnType<typeof summaryOf>, hours: number) => {
  const at = new Date(NOW.getTime() + hours * 3_600_000).toISOString();
  return { time: at, 'detail-type': 'Certificates Checked' as const, detail: { ...detail, at } };
};

/** What is mailed at the second check that finds it so. */
function mailOf(facts: HealthFacts) {
  const summary = summaryOf(facts);
  const later = new Date(NOW.getTime() + 3_600_000);
  const memory = takeIn(EMPTY, [checkedAt(summary, 0), checkedAt(summary, 1)], later);
  const { tell } = chooseNotices(memory, { lives: new Map(), now: later });
  return {
    tell,
    mail: writeMail({ tell, over: [], stage: 'test', docsUrl: 'docs', lives: new Map(), now: later }),
  };
}

/** Five words count as failing, whether a renewal or the certificate is. */
const FAILING = ['revoked', 'expired', 'unreadable', 'failing', 'rejected'];
const WELL = ['ok', 'waits-for-window', 'retired', 'unmanaged'];

describe('one judgement of health', () => {
  it('has a row for each word, and at least sixty', () => {
    expect(new Set(ROWS.map(([, , health]) => health))).toEqual(new Set(HEALTHS));
    expect(ROWS.length).toBeGreaterThanOrEqual(60);
  });

  describe.each(ROWS)('where %s', (_, world, health, said, mail = '') => {
    const facts = factsOf(world);
    const isWell = WELL.includes(health);

    it(`status says ${health}, with the next step`, () => {
      const status = statusOf(facts);
      expect(status).toMatchObject({ health, trouble: expect.stringMatching(said) });
      const table = tableOf({ name: 'perennial-test', region: 'r' }, [status], 200);
      expect(table).toContain(isWell ? '1 certificate, all well' : '1 certificate, 1 not well');
    });

    it('the page shows it green only where it is ok', () => {
      const kind = health === 'ok' ? 'ok' : isWell ? 'idle' : 'bad';
      expect(rowOf(statusOf(facts), NOW, 'test').text).toMatch(new RegExp(`^<tr class="${kind}">`));
    });

    it('doctor fails where it is not well', () => {
      const { file, fleet, records, lives = new Map(), now, ...kept } = facts;
      if (!file || 'rejected' in file) return;
      const group = (name: string) => ({ group: hostGroup(name), hosts: hostsIn(name) });
      const hostsIn = (name: string) => {
        const hosts = fleet.get(name)?.map((host) => ({
          ...host,
          record: { found: records.find(({ instanceId }) => instanceId === host.instanceId) },
        }));
        const seen = 'SSM denied it';
        return hosts
          ? { found: hosts }
          : { trouble: { reason: 'hosts-access-denied' as const, seen, remedy: '' } };
      };
      const stack = {
        domains: ['example.com'],
        challengeTargets: [],
        region: 'eu-central-1',
        checkEveryHours: 1,
        ...file.stack,
      };
      const groups = file.hosts.map(group);
      const finding = checkHealth({
        wanted: file,
        stack,
        kept: { found: { ...kept, records } },
        groups,
        lives,
        now,
      });
      const isPending = ['never-issued', 'waiting', 'pinned'].includes(health);
      expect(finding.status).toBe(isWell ? 'ok' : isPending ? 'warning' : 'failing');
      if (!isWell)
        expect(finding).toMatchObject({
          seen: expect.stringMatching(`^${health}: `),
          remedy: expect.stringMatching(/./),
        });
    });

    it(`a check mails ${mail || 'nothing by itself'}`, () => {
      const { tell, mail: text } = mailOf(facts);
      if (mail === '') expect(tell).toEqual([]);
      else
        expect(text.subject).toMatch(
          {
            URGENT: /URGENT: a is revoked/,
            told: /a is not served everywhere/,
            group: /group (web|api)/,
            record: /a cannot be judged/,
          }[mail],
        );
    });

    it('the weekly report and the metrics count it', () => {
      const summary = summaryOf(facts);
      const report = writeReport({ ...summary, start: 'weekly-sweep' }, { stage: 'test' });
      expect(report.subject).toContain(isWell ? 'all is well' : '1 to look at');
      if (!isWell) expect(report.text).toContain(`a ${health}: `);
      const measured = new Map(
        measure([checkedAt(summary, 0)], undefined).map(({ name, value }) => [name, value]),
      );
      expect(measured.get('CertificatesFailing')).toBe(Number(FAILING.includes(health)));
      expect(measured.get('HostsOutOfDate')).toBeGreaterThanOrEqual(
        Number(['no-hosts', 'hosts-offline', 'hosts-unknown'].includes(health)),
      );
    });
  });
});
