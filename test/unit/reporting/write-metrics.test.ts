import { describe, expect, it } from 'vitest';
import type { CertificateStatus } from '../../../lib/reporting/status/rules/certificate-status.ts';
import { writeMetrics } from '../../../lib/reporting/status/rules/write-metrics.ts';

const at = new Date('2026-11-20T00:30:00Z');
const where = { stage: 'production', region: 'eu-central-1', at };
const host = { instanceId: 'i-00000001', online: true, group: 'web', outcome: 'served', isUnserved: false };
const certificate = (changes: Partial<CertificateStatus> = {}): CertificateStatus => ({
  name: 'example.com',
  health: 'ok',
  trouble: '',
  names: ['example.com'],
  notAfter: '2027-01-30T00:00:00.000Z',
  due: '2026-12-31T00:00:00.000Z',
  failures: 0,
  hosts: [],
  ...changes,
});

describe('status/metrics.prom', () => {
  it('has when it was written, and how all certificates are', () => {
    const lines = writeMetrics([certificate(), certificate({ name: 'b', health: 'failing' })], where).split(
      '\n',
    );
    expect(lines).toContain(
      'perennial_written_timestamp_seconds{stage="production",region="eu-central-1"} 1795134600',
    );
    expect(lines).toContain('perennial_certificates{stage="production",region="eu-central-1"} 2');
    expect(lines).toContain('perennial_certificates_unwell{stage="production",region="eu-central-1"} 1');
  });

  it('has of each certificate its expiry, its failures and its hosts', () => {
    const hosts = [true, false].map((isLive) => ({ ...host, isLive }));
    const written = writeMetrics([certificate({ failures: 3, health: 'hosts-behind', hosts })], where);
    const of = (name: string) =>
      new RegExp(
        `^perennial_${name}\\{stage="production",region="eu-central-1",certificate="example\\.com"(.*)\\} (.*)$`,
        'm',
      )
        .exec(written)
        ?.slice(1);
    expect(of('certificate_not_after_timestamp_seconds')).toEqual(['', '1801267200']);
    expect(of('certificate_due_timestamp_seconds')).toEqual(['', '1798675200']);
    expect(of('certificate_failures')).toEqual(['', '3']);
    expect(of('certificate_hosts')).toEqual(['', '2']);
    expect(of('certificate_hosts_behind')).toEqual(['', '1']);
    expect(of('certificate_well')).toEqual(['', '0']);
    expect(of('certificate_health')).toEqual([',health="hosts-behind"', '1']);
    expect(of('certificate_last_try_timestamp_seconds')).toBeUndefined();
  });

  it('escapes what others wrote as a label wants it', () => {
    expect(writeMetrics([certificate({ name: 'a"b\\c\nd' })], where)).toContain(
      'certificate="a\\"b\\\\c\\nd"} 1801267200\n',
    );
  });

  it('has no family without a sample, and an empty bucket only what is counted', () => {
    const written = writeMetrics([], where);
    expect([...written.matchAll(/^# TYPE (\S+) gauge$/gm)].map(([, name]) => name)).toEqual([
      'perennial_written_timestamp_seconds',
      'perennial_certificates',
      'perennial_certificates_unwell',
    ]);
  });
});
