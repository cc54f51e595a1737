import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AcmeAuthority } from '../../../../lib/adapters/acme/acme-authority.ts';
import type { AcmeClient } from '../../../../lib/adapters/acme/acme-client.ts';
import {
  acmeError,
  type HttpAnswer,
  isBadNonce,
  parseRetryAfter,
  problemOf,
} from '../../../../lib/adapters/acme/problem.ts';
import { describeError } from '../../../../lib/foundation/common/describe-error.ts';
import { AcmeError } from '../../../../lib/issuance/ca/certificate-authority.ts';

const NOW = new Date('2026-11-20T02:00:00Z');
const url = 'https://ca.test/acme/new-order';
const errorOf = (answer: Partial<HttpAnswer>) =>
  acmeError({ status: 400, headers: {}, data: '', ...answer }, { url, now: NOW });
const problem = (type: string, more: object = {}) => ({
  type: `urn:ietf:params:acme:error:${type}`,
  detail: 'no',
  ...more,
});

describe('Retry-After (RFC 9110, 10.2.3)', () => {
  it.each([
    [undefined, undefined],
    ['0', 0],
    ['120', 120_000],
    [' 120 ', 120_000],
    ['Fri, 20 Nov 2026 02:00:30 GMT', 30_000],
    ['Fri, 20 Nov 2026 01:00:00 GMT', 0],
    ['soon', undefined],
    ['', undefined],
    ['-5', undefined],
    ['1.5', undefined],
    ['99999999999', undefined],
  ])('%j is %s ms', (header, ms) => {
    expect(parseRetryAfter(header, NOW)).toBe(ms);
  });
});

describe("the CA's refusal", () => {
  it.each([
    ['rateLimited', 'acme-rate-limited'],
    ['badCSR', 'acme-bad-csr'],
    ['caa', 'acme-caa'],
    ['orderNotReady', 'acme-order-not-ready'],
    ['../etc\n', 'acme-unknown'],
    ['x'.repeat(1000), 'acme-unknown'],
  ])('%s has the reason %s (RFC 8555, 6.7)', (type, reason) => {
    expect(errorOf({ data: problem(type) })).toMatchObject({ name: 'AcmeError', reason });
  });

  it('tells its words in one line, those of each name too, and its Retry-After', () => {
    const subproblems = [
      { type: 'x', detail: 'not\nthis', identifier: { type: 'dns', value: 'a.example.com' } },
    ];
    const error = errorOf({ data: problem('malformed', { subproblems }), headers: { 'retry-after': '60' } });
    expect(error.message).toBe('the CA ca.test refused: no; a.example.com: not this');
    expect(error.retryAfterMs).toBe(60_000);
  });

  it('tells each word once, with all names that it is about, of all subproblems, at whatever depth', () => {
    const of = (value: string, more: object = {}) => ({
      ...problem('caa', { detail: 'forbidden' }),
      identifier: { type: 'dns', value },
      ...more,
    });
    const names = Array.from({ length: 100 }, (_, index) => `name-${index}.example.com`);
    const subproblems = [...names.map((name) => of(name)), of('b.test', { subproblems: [of('c.test')] })];
    const error = errorOf({ data: problem('compound', { subproblems }) });
    expect(error).toMatchObject({ reason: 'acme-caa', identifiers: [...names, 'b.test', 'c.test'] });
    expect(error.message).toContain(`; ${[...names, 'b.test', 'c.test'].join(', ')}: forbidden (caa)`);
    expect(describeError(error).message).toBe(error.message);
  });

  it('tells the subproblems whatever the length of its own words, and how many do not fit', () => {
    const sub = (value: string, detail: string) => ({
      ...problem('caa', { detail }),
      identifier: { type: 'dns', value },
    });
    const long = errorOf({
      data: problem('malformed', { detail: 'x'.repeat(10_000), subproblems: [sub('a.test', 'forbidden')] }),
    });
    expect(long.message).toMatch(/x…; a\.test: forbidden \(caa\)$/);
    const many = Array.from({ length: 100 }, (_, index) =>
      sub(`n${index}.test`, `${index} ${'y'.repeat(200)}`),
    );
    const { message } = errorOf({ data: problem('compound', { subproblems: many }) });
    const told = many.filter(({ identifier }) => message.includes(`; ${identifier.value}: `)).length;
    expect(told).toBeGreaterThan(10);
    expect(message.endsWith(`; and ${100 - told} more`)).toBe(true);
    const said = problemOf(problem('caa', { detail: 'z'.repeat(10_000) }))?.message;
    expect(said).toMatch(/z… \(caa\)$/);
    expect(said?.length).toBeLessThan(3_600);
  });

  it.each([
    [{ title: 'CAA forbids it' }, 'CAA forbids it (caa)'],
    [{ detail: '', title: 'CAA forbids it' }, 'CAA forbids it (caa)'],
    [{ detail: 'no', title: 'CAA forbids it' }, 'no (caa)'],
    [{}, '(caa)'],
    [
      { subproblems: [{ type: 'urn:ietf:params:acme:error:dns', title: 'SERVFAIL' }] },
      'SERVFAIL (dns) (caa)',
    ],
  ])('has its title where it gives no detail (RFC 7807, 3.1): %j', (more, message) => {
    const { detail: _, ...bare } = problem('caa');
    expect(problemOf({ ...bare, ...more })?.message).toBe(message);
  });

  it('is about names as certificates have them', () => {
    const subproblems = [{ ...problem('caa'), identifier: { type: 'dns', value: 'A.Example.COM.' } }];
    expect(errorOf({ data: problem('caa', { subproblems }) }).identifiers).toEqual(['a.example.com']);
  });

  it('tells what can be read beside what cannot', () => {
    const subproblems = [
      5,
      null,
      { ...problem('caa'), identifier: 'a.test' },
      problem('dns', { detail: 'late' }),
    ];
    const { reason, message } = errorOf({
      data: { ...problem('caa', { subproblems }), detail: 7, instance: {} },
    });
    expect({ reason, message }).toEqual({
      reason: 'acme-caa',
      message: 'the CA ca.test refused: no (caa); late (dns)',
    });
  });

  it('that is a problem of HTTP is told with its words', () => {
    const data = { type: 'about:blank', title: 'Unavailable', detail: 'back at noon' };
    expect(errorOf({ status: 503, data })).toMatchObject({
      reason: 'ca-unavailable',
      message: 'the CA ca.test answered HTTP 503: back at noon',
    });
  });

  it.each([['<html>502</html>'], [''], [null], [{ type: 'about:blank' }], [{ type: 5 }]])(
    'that is no ACME problem is trouble: %j',
    (data) => {
      expect(errorOf({ status: 502, data })).toMatchObject({
        reason: 'ca-unavailable',
        message: 'the CA ca.test answered HTTP 502',
      });
    },
  );

  it('is a bad nonce only as such', () => {
    expect(isBadNonce({ status: 400, headers: {}, data: problem('badNonce') })).toBe(true);
    expect(isBadNonce({ status: 400, headers: {}, data: problem('malformed') })).toBe(false);
    expect(isBadNonce({ status: 200, headers: {}, data: problem('badNonce') })).toBe(false);
  });

  it('is one short line with a kebab-case reason, whatever it holds', () => {
    const data = fc.oneof(
      fc.anything(),
      fc.record({
        type: fc.string().map((type) => `urn:ietf:params:acme:error:${type}`),
        detail: fc.jsonValue(),
      }),
    );
    fc.assert(
      fc.property(data, fc.string(), (body, retryAfter) => {
        const error = errorOf({ data: body, headers: { 'retry-after': retryAfter } });
        expect(error).toBeInstanceOf(AcmeError);
        expect(error.reason).toMatch(/^[a-z]+(-[a-z]+)*$/);
        expect(error.message.length).toBeLessThan(4000);
        expect(error.message).not.toMatch(/\p{Cc}/u);
        problemOf(body);
      }),
    );
  });
});

describe('an answer to a challenge', () => {
  const answerWith = (reason: 'acme-conflict' | 'acme-malformed' | 'acme-unauthorized', status: string) => {
    const challenge = { type: 'dns-01', url: 'https://ca.test/c', status };
    const apiRequest = async (_: string, payload: unknown) => {
      if (payload !== null) throw new AcmeError(reason, 'no');
      return { status: 200, headers: {}, data: challenge };
    };
    const client = { api: { apiRequest } } as unknown as AcmeClient;
    return new AcmeAuthority(client, {
      directoryUrl: 'https://ca.test/d',
      caaIdentity: undefined,
    }).answerChallenge(challenge.url);
  };

  it.each([
    ['acme-conflict', 'pending', 'is under way'],
    ['acme-conflict', 'processing', 'is under way'],
    ['acme-malformed', 'valid', 'was given before'],
    ['acme-malformed', 'invalid', 'was given before'],
    ['acme-malformed', 'pending', undefined],
    ['acme-unauthorized', 'valid', undefined],
  ] as const)('refused as %s while the challenge is %s %s', async (reason, status, taken) => {
    const answer = answerWith(reason, status);
    if (taken) await answer;
    else await expect(answer).rejects.toMatchObject({ reason });
  });
});

describe("the CA's answers", () => {
  const authority = (answer: HttpAnswer) => {
    const client = {
      api: { apiRequest: async () => answer, apiResourceRequest: async () => answer },
      http: { getMetaField: async () => answer.data, getDirectory: async () => ({}) },
      getChallengeKeyAuthorization: async () => 'txt',
      getAccountUrl: () => 'https://ca.test/account/1',
    };
    return new AcmeAuthority(client as unknown as AcmeClient, {
      directoryUrl: 'https://ca.test/d',
      caaIdentity: 'ca.test',
    });
  };
  const order = { status: 'pending', authorizations: ['https://ca.test/a'], finalize: 'https://ca.test/f' };
  const ask = (data: unknown, headers: Record<string, string> = { location: 'https://ca.test/o' }) =>
    authority({ status: 201, headers, data });

  it('are an order with its address and the wait the CA asks for', async () => {
    const headers = { location: 'https://ca.test/o', 'retry-after': '3' };
    expect(await ask(order, headers).createOrder({ names: ['a.test'] })).toEqual({
      ...order,
      url: 'https://ca.test/o',
      retryAfterMs: 3000,
    });
  });

  it('are an order with why it is invalid, with the problem of each name (RFC 8555, 6.7.1 and 7.1.3)', async () => {
    const subproblems = [
      { ...problem('caa', { detail: 'forbidden' }), identifier: { type: 'dns', value: 'A.example.com' } },
      { ...problem('dns', { detail: 'SERVFAIL' }), identifier: { type: 'dns', value: 'b.example.com' } },
    ];
    const error = problem('rejectedIdentifier', { subproblems });
    expect(await ask({ ...order, status: 'invalid', error }).order(url)).toMatchObject({
      problem: {
        reason: 'acme-rejected-identifier',
        message: 'no; A.example.com: forbidden (caa); b.example.com: SERVFAIL (dns) (rejectedIdentifier)',
        identifiers: ['a.example.com', 'b.example.com'],
      },
    });
  });

  it('are an authorization with the problem of each of its challenges', async () => {
    const challenge = (type: string, error?: unknown) => ({
      type,
      url: `https://ca.test/${type}`,
      status: error === undefined ? 'pending' : 'invalid',
      token: 't',
      ...(error !== undefined && { error }),
    });
    const subproblems = [
      { ...problem('dns', { detail: 'SERVFAIL' }), identifier: { type: 'dns', value: 'A.test' } },
    ];
    const data = {
      status: 'invalid',
      identifier: { type: 'dns', value: 'a.test' },
      challenges: [
        challenge('http-01'),
        challenge('dns-01', problem('compound', { detail: 'two looks', subproblems })),
        challenge('dns-persist-01', problem('unauthorized')),
      ],
    };
    const { problems, challenge: ours, persistChallenge } = await ask(data).authorization(url);
    expect(problems).toEqual([
      {
        reason: 'acme-dns',
        message: 'two looks; A.test: SERVFAIL (dns) (compound)',
        identifiers: ['a.test'],
      },
      { reason: 'acme-unauthorized', message: 'no (unauthorized)', identifiers: [] },
    ]);
    expect([ours?.status, persistChallenge?.status]).toEqual(['invalid', 'invalid']);
  });

  it.each<[string, unknown, string | undefined]>([
    ['of its own', problem('badCSR'), 'acme-bad-csr'],
    ['that all of a compound have', problem('compound', { subproblems: [problem('caa')] }), 'acme-caa'],
    ['of several', problem('compound', { subproblems: [problem('caa'), problem('dns')] }), 'acme-compound'],
    ['that no ACME problem has', { detail: 'no' }, undefined],
    ['that no problem is', 'no', undefined],
  ])('are an order whose problem has a type %s', async (_, error, reason) => {
    expect((await ask({ ...order, status: 'invalid', error }).order(url)).problem?.reason).toBe(reason);
  });

  it.each<[string, unknown, Record<string, string>]>([
    ['no address', order, {}],
    ['an address that is none', order, { location: '/o' }],
    ['a status of its own', { ...order, status: 'great' }, { location: 'https://ca.test/o' }],
    [
      'an authorization elsewhere',
      { ...order, authorizations: ['file:///etc/passwd'] },
      { location: 'https://ca.test/o' },
    ],
    ['HTML', '<html>', { location: 'https://ca.test/o' }],
  ])('are refused with %s', async (_, data, headers) => {
    await expect(ask(data, headers).createOrder({ names: ['a.test'] })).rejects.toMatchObject({
      name: 'AcmeError',
      reason: 'ca-answer-malformed',
    });
  });

  it('are used, or refused in one way, whatever they are', async () => {
    const challenge = fc.record(
      {
        type: fc.constant('dns-01'),
        url: fc.webUrl(),
        status: fc.string(),
        token: fc.string(),
        error: fc.jsonValue(),
      },
      { requiredKeys: [] },
    );
    const body = fc.record(
      {
        status: fc.constantFrom('pending', 'valid', 'x'),
        identifier: fc.oneof(fc.jsonValue(), fc.record({ type: fc.constant('dns'), value: fc.string() })),
        challenges: fc.array(challenge),
        authorizations: fc.array(fc.webUrl()),
        finalize: fc.webUrl(),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.jsonValue(), fc.string(), body), async (data) => {
        const ca = ask(data);
        const calls = [
          ca.createOrder({ names: ['a.test'] }),
          ca.order(url),
          ca.authorization(url),
          ca.caaIssuer(),
        ];
        for (const result of await Promise.allSettled(calls))
          if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(AcmeError);
      }),
    );
  });
});
