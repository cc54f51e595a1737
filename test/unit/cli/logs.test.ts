import { describe, expect, it } from 'vitest';
import { saidOf } from '../../../cli/commands/logs.ts';
import { parseSince } from '../../../cli/logs/parse-since.ts';
import { readLine } from '../../../cli/logs/read-line.ts';

const NOW = new Date('2026-11-20T02:00:00Z');

describe('--since', () => {
  it.each([
    ['30m', '2026-11-20T01:30:00.000Z'],
    ['2h', '2026-11-20T00:00:00.000Z'],
    ['7d', '2026-11-13T02:00:00.000Z'],
    ['90s', '2026-11-20T01:58:30.000Z'],
    ['2026-11-19', '2026-11-19T00:00:00.000Z'],
    // CloudWatch Logs knows no time before 1970.
    ['999999d', '1970-01-01T00:00:00.000Z'],
    ['1066-10-14', '1970-01-01T00:00:00.000Z'],
    ['2026-11-19T12:30', '2026-11-19T12:30:00.000Z'],
    ['2026-11-19T12:30Z', '2026-11-19T12:30:00.000Z'],
    ['2026-11-19T12:30:05+01:00', '2026-11-19T11:30:05.000Z'],
  ])('%s is %s', (text, instant) => expect(parseSince(text, NOW).toISOString()).toBe(instant));

  it('is refused in what is yet to come, which is often an hour by another clock', () => {
    expect(() => parseSince('2026-11-20T03:00', NOW)).toThrow(
      /^--since "2026-11-20T03:00" is yet to come; it is 2026-11-20T02:00Z now, [^\n]+$/,
    );
  });

  it.each([
    '2026-02-30',
    '2026-11-31T00:00Z',
    '',
    'soon',
    '2',
    '2w',
    '-2h',
    '2026-13-01',
    '2026-11-19T25:00Z',
    '1e3m',
    '2026',
  ])('%j is refused in one line', (text) =>
    expect(() => parseSince(text, NOW)).toThrow(/^--since "[^\n]*" is neither [^\n]*; give 30m, 2h, 7d/),
  );
});

const line = (fields: object) => JSON.stringify({ level: 'INFO', ...fields });
const certificate = { name: 'example.com', outcome: 'renewed', reason: 'expires-soon', version: 'v1' };

describe('what a line says of example.com', () => {
  it.each<[string, string, string | undefined]>([
    [
      'a renewal',
      line({ message: 'renewal ended', certificate }),
      'renewal ended: renewed (expires-soon); v1',
    ],
    [
      'that of another',
      line({ message: 'renewal ended', certificate: { ...certificate, name: 'shop' } }),
      undefined,
    ],
    [
      'that of another with this DNS name',
      line({ message: 'certificate decided', certificate: { name: 'shop', names: ['example.com'] } }),
      undefined,
    ],
    [
      'a decision',
      line({
        message: 'certificate decided',
        certificate: {
          name: 'example.com',
          action: 'wait',
          reason: 'not-due',
          until: '2027-01-28T15:43:00Z',
        },
      }),
      'certificate decided: wait (not-due) until 2027-01-28T15:43Z',
    ],
    ['what was only planned', line({ message: 'certificate planned', certificate }), undefined],
    ['metrics', line({ _aws: {}, certificate: 'example.com' }), undefined],
    [
      'a deployment',
      line({
        message: 'deployment begun',
        deployment: { group: 'web', names: ['shop', 'example.com'], reason: 'host-new' },
      }),
      'deployment begun: group web (host-new)',
    ],
    [
      'a deployment of others',
      line({ message: 'x', deployment: { group: 'web', names: ['shop'] } }),
      undefined,
    ],
    [
      'a host',
      line({
        message: 'host reported',
        report: {
          instanceId: 'i-1',
          results: [
            { name: 'example.com', outcome: 'served', message: 'seen' },
            { name: 'shop', outcome: 'failed' },
          ],
        },
      }),
      'host reported: i-1 served: seen',
    ],
    [
      'a finding',
      line({
        level: 'WARN',
        message: 'trouble found',
        finding: { certificate: 'example.com', check: 'caa', status: 'failing', seen: 's', remedy: 'r' },
      }),
      'trouble found: caa; failing; s; r',
    ],
    [
      'a failure that names it',
      line({
        level: 'ERROR',
        message: 'message failed',
        failure: { reason: 'dns', message: 'no example.com there' },
      }),
      'message failed: no example.com there (dns)',
    ],
    [
      'a failure of a name below it',
      line({ message: 'x', failure: { reason: 'y', message: 'www.example.com' } }),
      undefined,
    ],
    [
      'a failure of a longer name',
      line({ message: 'x', failure: { reason: 'y', message: 'example.com.au' } }),
      undefined,
    ],
    [
      'a wait for a window',
      line({
        message: 'deployment waits',
        waiting: {
          group: 'web',
          names: ['example.com'],
          reason: 'frozen',
          hosts: ['i-1', 'i-2'],
          until: '2026-12-01',
        },
      }),
      'deployment waits: group web (frozen), 2 hosts until 2026-12-01',
    ],
    [
      'a command',
      line({
        message: 'deployment begun',
        deployment: { group: 'web', names: ['example.com'], command: 'c-1' },
      }),
      'deployment begun: group web, command c-1',
    ],
    [
      'a revoked version that nothing replaces',
      line({
        message: 'certificate decided',
        certificate: { name: 'example.com', action: 'wait', revoked: { version: 'v1' }, message: 'why' },
      }),
      'certificate decided: wait; why; revoked',
    ],
    [
      'two results of a host',
      line({
        message: 'host reported',
        report: {
          instanceId: 'i-1',
          results: [
            { name: 'example.com', outcome: 'a' },
            { name: 'example.com', outcome: 'b' },
          ],
        },
      }),
      'host reported: i-1 a, b',
    ],
    [
      'a warning',
      line({ message: 'renewal goes on without', warning: 'no chain for example.com' }),
      'renewal goes on without: no chain for example.com',
    ],
    [
      'a warning with parts',
      line({ message: 'w', warning: { of: 'example.com' } }),
      'w: {"of":"example.com"}',
    ],
    [
      'a mail',
      line({ message: 'mail sent', mail: { subject: '[Perennial] example.com: failing' } }),
      'mail sent: [Perennial] example.com: failing',
    ],
    ['an address', line({ message: 'x', account: { contact: 'you@example.com' } }), undefined],
    ['the end of a sentence', line({ message: 'nothing for example.com.' }), 'nothing for example.com.'],
    ["Lambda's own words", 'ERROR {"errorMessage":"example.com: no"}', '{"errorMessage":"example.com: no"}'],
    ["Lambda's own words of others", 'REPORT RequestId: 1', undefined],
  ])('%s', (_, text, said) => expect(readLine(text, 'example.com')?.text).toBe(said));

  it('cannot move the cursor, and a name cannot be a pattern', () => {
    expect(readLine(line({ message: 'a\u001b[2J example.com\nb' }), 'example.com')?.text).toBe(
      'a [2J example.com b',
    );
    expect(readLine(line({ message: 'exampleXcom' }), 'example.com')).toBeUndefined();
    expect(readLine(line({ message: 'for *.example.com' }), 'example.com')).toBeUndefined();
  });

  it('has its instant, its function and its level', () => {
    const event = { id: '1', at: NOW, function: 'renew', line: line({ level: 'WARN', message: 'for shop' }) };
    expect(saidOf('shop', [event, { ...event, line: 'other' }])).toEqual([
      { at: NOW.toISOString(), function: 'renew', level: 'WARN', text: 'for shop' },
    ]);
  });
});
