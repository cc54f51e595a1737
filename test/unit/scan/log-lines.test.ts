import { describe, expect, it } from 'vitest';
import { logLines } from '../../../lib/scan/log-lines.ts';
import type { PlannedCertificate } from '../../../lib/scan/rules/plan.ts';

const until = '2027-01-28T15:43:00Z';
const quiet: PlannedCertificate[] = [
  { name: 'a', action: 'wait', reason: 'not-due', until },
  { name: 'b', action: 'wait', reason: 'not-due', until },
  { name: 'c', action: 'leave', reason: 'retired' },
  { name: 'j', action: 'wait', reason: 'orders-per-run', until },
];
const told: PlannedCertificate[] = [
  { name: 'd', action: 'renew', reason: 'certificate-due', names: ['d.example.com'] },
  { name: 'e', action: 'wait', reason: 'backing-off', until },
  { name: 'f', action: 'reject', reason: 'renewal-file-invalid', message: 'no names' },
  { name: 'g', action: 'wait', reason: 'not-due', until, revoked: { version: '1', reason: 'keyCompromise' } },
  { name: 'h', action: 'wait', reason: 'not-due', until, pinned: { version: '1', until } },
  { name: 'i', action: 'mend', reason: 'pointer-mismatch' },
] as PlannedCertificate[];

describe('of a scan of all certificates', () => {
  it('those with something to do or to tell have a line, and the others are counted', () => {
    expect(logLines({ names: 'all' }, [...quiet, ...told])).toEqual({
      each: told,
      quiet: { 'not-due': 2, retired: 1, 'orders-per-run': 1 },
    });
  });
});

it('each certificate that a scan was asked about has a line', () => {
  expect(logLines({ names: ['a', 'c'] as never }, quiet)).toEqual({ each: quiet, quiet: {} });
});
