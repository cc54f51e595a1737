import { describe, expect, it } from 'vitest';
import { type CaProblem, judgeEnded, type Unproved } from '../../../lib/issuance/ca/rules/ended-order.ts';

const problem = (reason: CaProblem['reason'], message = `${reason} said`): CaProblem => ({
  reason,
  message,
  identifiers: [],
});
const unproved = (identifier: string, problems: CaProblem[], more: Partial<Unproved> = {}): Unproved => ({
  identifier,
  status: 'invalid',
  problems,
  refused: true,
  ...more,
});
const judge = (of: readonly Unproved[], own?: CaProblem) =>
  judgeEnded({ name: 'shop', url: 'https://ca.test/o', status: 'invalid', problem: own, unproved: of });

describe('the reason of an order that ended', () => {
  it.each<[string, Unproved[], CaProblem | undefined, string]>([
    ['a refused proof', [unproved('a.test', [problem('acme-unauthorized')])], undefined, 'challenge-invalid'],
    ['a proof not found', [unproved('a.test', [problem('acme-dns')])], undefined, 'challenge-invalid'],
    ['a refusal without a problem', [unproved('a.test', [])], undefined, 'challenge-invalid'],
    ['an unknown problem', [unproved('a.test', [problem(undefined)])], undefined, 'challenge-invalid'],
    ['CAA', [unproved('a.test', [problem('acme-caa')])], undefined, 'acme-caa'],
    [
      "the CA's own trouble",
      [unproved('a.test', [problem('acme-server-internal')])],
      undefined,
      'acme-server-internal',
    ],
    [
      'CAA of one name and the proof of another',
      [unproved('a.test', [problem('acme-caa')]), unproved('b.test', [problem('acme-dns')])],
      undefined,
      'challenge-invalid',
    ],
    [
      'two problems of one name',
      [unproved('a.test', [problem('acme-caa'), problem('acme-unauthorized')])],
      undefined,
      'challenge-invalid',
    ],
    [
      'CAA of one name, and a name without a problem',
      [unproved('a.test', [problem('acme-caa')]), unproved('b.test', [])],
      undefined,
      'challenge-invalid',
    ],
    ['the problem of the order itself', [], problem('acme-bad-csr'), 'acme-bad-csr'],
    ['an order problem of no known type', [], problem(undefined), 'order-not-valid'],
    [
      'an authorization that somebody deactivated',
      [unproved('a.test', [], { status: 'deactivated', refused: false })],
      undefined,
      'order-not-valid',
    ],
    [
      'an authorization that was revoked, with the problem of its order',
      [unproved('a.test', [], { status: 'revoked', refused: false })],
      problem('acme-caa'),
      'acme-caa',
    ],
  ])('for %s', (_, of, own, reason) => {
    expect(judge(of, own)).toMatchObject({ reason, orderEnded: true });
  });
});

describe('what is told of an order that ended', () => {
  it('is every problem of every name, each in one place with all names that have it, and that of the order', () => {
    const of = [
      unproved('a.test', [problem('acme-dns', 'SERVFAIL (dns)'), problem('acme-caa', 'forbidden (caa)')]),
      unproved('b.test', [problem('acme-dns', 'SERVFAIL (dns)')]),
    ];
    const { message, identifiers, unproved: counted } = judge(of, problem('acme-compound', 'two failed'));
    expect(message).toBe(
      'the CA did not accept the proof for shop: two failed; a.test, b.test: SERVFAIL (dns); a.test: forbidden (caa)',
    );
    expect(identifiers).toEqual(['a.test', 'b.test']);
    expect(counted).toEqual(['a.test', 'b.test']);
  });

  it('is how its authorizations ended, what they say, and where nothing was refused no name counts', () => {
    const of = [unproved('a.test', [problem('acme-dns', 'gone')], { status: 'expired', refused: false })];
    const { message, unproved: counted } = judge(of, problem('acme-malformed', 'expired'));
    expect(message).toBe(
      'an order came to nothing (invalid): expired; a.test: gone; a.test is expired (https://ca.test/o for shop)',
    );
    expect(counted).toEqual([]);
  });

  it('is something of every problem, whatever the length of the first, and the address of the order', () => {
    const long = (name: string, more: object = {}) =>
      unproved(name, [problem('acme-dns', `for ${name}: ${'x'.repeat(3_000)}`)], more);
    const two = judge([long('a.test'), long('b.test')], problem('acme-compound', 'two failed')).message;
    expect(two).toMatch(/two failed; a\.test: for a\.test: x+…; b\.test: for b\.test: x+…$/);
    const hundred = Array.from({ length: 100 }, (_, index) =>
      long(`h${index}.test`, { status: 'expired', refused: false }),
    );
    const { message } = judge(hundred, problem('acme-malformed', 'expired'));
    expect(message).toMatch(
      /\(invalid\): expired; h0\.test: .*; and \d+ more \(https:\/\/ca\.test\/o for shop\)$/,
    );
    expect(message.length).toBeLessThan(4_000);
  });

  it('is that the CA gives no reason', () => {
    expect(judge([]).message).toContain('the CA gives no reason');
    expect(judge([unproved('a.test', [])]).message).toContain('it gives no reason');
  });
});
