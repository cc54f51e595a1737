import { describe, expect, it } from 'vitest';
import { reportNoHosts } from '../../../lib/delivery/deployment/report-not-sent.ts';
import { readLive } from '../../../lib/foundation/bucket/read-pointer.ts';
import { ownRemedy } from '../../../lib/foundation/reasons/reasons.ts';
import { parseRevocations } from '../../../lib/issuance/revocation/read-revocations.ts';
import { chooseNotices } from '../../../lib/reporting/notices/rules/choose-notices.ts';
import { writeMail } from '../../../lib/reporting/notices/rules/mail.ts';
import type { SeenEvent } from '../../../lib/reporting/notices/rules/seen-event.ts';
import { takeIn } from '../../../lib/reporting/notices/rules/take-in.ts';
import { EMPTY } from '../../../lib/reporting/notices/rules/trouble.ts';
import { judgeHealth } from '../../../lib/scan/rules/judge-health.ts';
import { healthFacts } from '../../fakes/health-facts.ts';
import { MemoryStore } from '../../fakes/memory-store.ts';
import { RecordedEvents } from '../../fakes/recorded-events.ts';
import { checked, fact, later, NOW, notDeployed } from './notices/facts.ts';

function mailOf(events: readonly SeenEvent[]) {
  const known = takeIn(EMPTY, events, NOW);
  const { tell } = chooseNotices(known, { lives: new Map(), now: NOW });
  return writeMail({ tell, over: [], stage: 'test', docsUrl: 'docs', lives: new Map(), now: NOW });
}

describe('a message has the remedy of what is wrong:', () => {
  it.each(['<html>', '{}'])('a pointer that is %s is nobody to upload', async (text) => {
    const store = new MemoryStore(() => NOW);
    await store.put('live/shop.json', text);
    const { message } = await readLive(store, 'shop').catch((error) => error);
    expect(message).toMatch(
      /^live\/shop\.json: .*; nothing: the next hourly check makes it anew; find out who wrote there$/,
    );
    expect(judgeHealth(healthFacts({ pointer: 'unreadable' })).remedy).toContain('the next hourly check');
  });

  it('a record of revocations is deleted, and what was revoked is revoked again', () => {
    expect(() => parseRevocations('shop', '{')).toThrow(
      /revoked\/shop\.json: is not JSON.*delete the object/,
    );
  });

  it.each(['key-mismatch', 'names-mismatch', 'not-yet-valid', 'pointer-malformed', 'expired'])(
    '%s from a host is mended on the host, whatever we call so ourselves',
    (reason) => {
      const { text } = mailOf([notDeployed('web', 'i-1', NOW, reason)]);
      expect(text).toContain('What to do:     mend what the host says; the next check sends it again\n');
      expect(text).toContain('More:           docs/reference/hosts.md#what-a-host-reports\n');
    },
  );

  it('a group without hosts may be in another region', async () => {
    const events = new RecordedEvents();
    const due = { group: 'web', reason: 'asked', names: ['a'] };
    await reportNoHosts({ events, stack: { region: 'eu-west-3' } }, due, { reason: 'no-hosts', offline: [] });
    const [{ message } = { message: '' }] = events.of('Certificate Deployment Failed');
    expect(message).toMatch(/no host in eu-west-3 carries.*of its own region only/);
    expect(ownRemedy('no-hosts')).toContain('region');
  });

  it('a missing zone is a rejection, not a certificate that was never issued', () => {
    const held = {
      action: 'reject' as const,
      reason: 'no-hosted-zone',
      message: 'no zone holds it; create one',
    };
    expect(judgeHealth(healthFacts({ pointer: undefined, state: { failures: 0, held } }))).toMatchObject({
      health: 'rejected',
      seen: 'no zone holds it; create one',
    });
  });
});

describe('a renewal file that is rejected when it comes', () => {
  const rejected = fact('Renewal File Rejected', {
    name: 'shop',
    reason: 'renewal-file-invalid',
    message: 'renewal/shop.json: unknown key "host"',
  });

  it('is mailed at once, not with the next check', () => {
    const { subject, text } = mailOf([rejected]);
    expect(subject).toBe('[Perennial test] renewal/shop.json cannot be used: renewal-file-invalid');
    expect(text).toContain('What failed:    renewal/shop.json: unknown key "host" (renewal-file-invalid)\n');
  });

  it('is over with the check that does not name it any more', () => {
    const known = takeIn(EMPTY, [rejected], NOW);
    const { after } = chooseNotices(known, { lives: new Map(), now: NOW });
    const next = takeIn(after, [checked({}, later(3_600_000))], later(3_600_000));
    expect(next.over).toMatchObject([{ kind: 'file', subject: 'shop' }]);
  });
});

describe('what is revoked', () => {
  const revoked = fact('Certificate Revoked', {
    name: 'shop',
    version: 'v1',
    reason: 'keyCompromise',
    isLive: true,
  });
  const still = (at: Date) =>
    checked(
      {
        unwell: {
          count: 1,
          byHealth: { revoked: 1 },
          items: [{ name: 'shop', health: 'revoked', trouble: 'still on i-1' }],
        },
      },
      at,
    );
  const lives = new Map();
  const HOUR = 3_600_000;

  it('is told as urgent, although a mail went a moment ago', () => {
    const known = { ...takeIn(EMPTY, [revoked], NOW), lastMail: NOW.toISOString() };
    expect(mailOf([revoked]).subject).toBe('[Perennial test] URGENT: shop is revoked: revoked');
    expect(chooseNotices(known, { lives, now: NOW }).tell).toHaveLength(1);
  });

  it('is told again every six hours, until no host has it', () => {
    let memory = takeIn(EMPTY, [revoked], NOW);
    const told: number[] = [];
    for (let hour = 0; hour <= 13; hour += 1) {
      const now = later(hour * HOUR);
      memory = takeIn(memory, hour === 0 ? [] : [still(now)], now);
      const { tell, after } = chooseNotices(memory, { lives, now });
      if (tell.length > 0) told.push(hour);
      memory = after;
    }
    expect(told).toEqual([0, 6, 12]);
    const now = later(14 * HOUR);
    const none = { count: 0, byHealth: {}, items: [] };
    expect(takeIn(memory, [checked({ unwell: none }, now)], now).over).toMatchObject([{ subject: 'shop' }]);
  });

  it('is no news where an older version was', () => {
    const older = fact('Certificate Revoked', {
      name: 'shop',
      version: 'v0',
      reason: 'superseded',
      isLive: false,
    });
    expect(takeIn(EMPTY, [older], NOW).troubles).toEqual({});
  });
});
