import { describe, expect, it } from 'vitest';
import { SeenEvent } from '../../../../lib/reporting/notices/rules/seen-event.ts';
import { takeIn } from '../../../../lib/reporting/notices/rules/take-in.ts';
import { EMPTY } from '../../../../lib/reporting/notices/rules/trouble.ts';

const AT = '2026-11-20T02:00:00.000Z';
const LATER = '2026-11-20T03:00:00.000Z';
const seen = (type: string, detail: object, time = AT) =>
  SeenEvent.parse({ 'detail-type': type, detail, time, source: 'perennial' });
const troublesAfter = (...events: SeenEvent[]) =>
  Object.keys(takeIn(EMPTY, events, new Date(LATER)).troubles).sort();
const failed = (name: string) =>
  seen('Certificate Renewal Failed', { name, reason: 'caa-forbids', message: 'no', failures: 1 });
const notImported = (region: string) =>
  seen('Certificate Import Failed', { name: 'shop', region, reason: 'acm-unavailable', message: 'no' });

describe('of several troubles, what ends one', () => {
  it('leaves the renewal of another certificate', () => {
    const renewed = seen('Certificate Renewed', { name: 'shop', seconds: 9 }, LATER);
    expect(troublesAfter(failed('shop'), failed('blog'), renewed)).toEqual(['renewal blog']);
  });

  it('leaves what else is wrong with the same certificate', () => {
    const renewed = seen('Certificate Renewed', { name: 'shop', seconds: 9 }, LATER);
    expect(troublesAfter(failed('shop'), notImported('us-east-1'), renewed)).toEqual([
      'import shop in us-east-1',
    ]);
  });

  it('leaves the import into another region', () => {
    const imported = seen(
      'Certificate Imported',
      {
        name: 'shop',
        region: 'us-east-1',
        arn: 'arn',
        version: '20260101T000000Z-0a1b2c',
        reason: 'renewed',
      },
      LATER,
    );
    expect(troublesAfter(notImported('us-east-1'), notImported('eu-central-1'), imported)).toEqual([
      'import shop in eu-central-1',
    ]);
  });

  it('leaves the site of another certificate', () => {
    const finding = { site: 'a.test:443', check: 'expiry', status: 'fault', seen: 's', remedy: 'r' };
    const probed = (name: string, findings: object[], time = AT) =>
      seen('Site Probed', { name, troubles: findings.length, findings }, time);
    const events = [probed('shop', [finding]), probed('blog', [finding]), probed('shop', [], LATER)];
    expect(troublesAfter(...events)).toEqual(['site blog']);
  });

  it('leaves a trouble that arose after it', () => {
    const renewed = seen('Certificate Renewed', { name: 'shop', seconds: 9 }, AT);
    const again = { name: 'shop', reason: 'caa-forbids', message: 'no', failures: 1 };
    expect(troublesAfter(renewed, seen('Certificate Renewal Failed', again, LATER))).toEqual([
      'renewal shop',
    ]);
  });
});
