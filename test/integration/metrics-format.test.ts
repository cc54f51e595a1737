import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import type { CertificateStatus } from '../../lib/reporting/status/rules/certificate-status.ts';
import { writeMetrics } from '../../lib/reporting/status/rules/write-metrics.ts';
import { findDebianProgram } from '../../local/setup/debian-program.ts';

/** Prometheus's own reader and linter of its text format. */
const promtool = await findDebianProgram({
  name: 'promtool',
  packageName: 'prometheus',
  file: 'usr/bin/promtool',
});
const isThere = typeof promtool !== 'string';

const where = { stage: 'production', region: 'eu-central-1', at: new Date('2026-11-20T00:30:00Z') };
const certificate = (name: string): CertificateStatus => ({
  name,
  health: 'failing',
  trouble: 'it is not renewed',
  names: [name],
  notAfter: '2027-01-30T00:00:00.000Z',
  due: '2026-12-31T00:00:00.000Z',
  failures: 2,
  last: { at: '2026-11-19T00:00:00.000Z', outcome: 'failed', reason: 'caa-forbids' },
  hosts: [],
});

describe.skipIf(!isThere)(`status/metrics.prom, read by promtool${isThere ? '' : ` (${promtool})`}`, () => {
  async function check(written: string): Promise<{ status: number | null; said: string }> {
    const child = spawn(isThere ? promtool.program : 'false', ['check', 'metrics']);
    child.stdin.end(written);
    const [stdout, stderr] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, 'close'),
    ]);
    return { status: child.exitCode, said: stdout + stderr };
  }

  it.each([
    ['of a bucket with nothing in it', []],
    ['of certificates', [certificate('example.com'), certificate('shop')]],
    ['of names that nobody should have', [certificate('a"b\\c\nd'), certificate('#'), certificate('ü {}=,')]],
  ])('is of its format: %s', async (_, certificates) => {
    expect(await check(writeMetrics(certificates, where))).toEqual({ status: 0, said: '' });
  });

  it('is refused where a label is not escaped', async () => {
    const written = writeMetrics([certificate('example.com')], where).replaceAll('example.com', 'a"b');
    expect(await check(written)).toMatchObject({ status: 1 });
  });
});
