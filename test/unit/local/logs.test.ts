import { describe, expect, it } from 'vitest';
import type { AwsRequest } from '../../../local/gateway/request.ts';
import { parseTerms } from '../../../local/logs/filter-pattern.ts';
import { FunctionLogs } from '../../../local/logs/function-logs.ts';
import { createLogs } from '../../../local/logs/logs.ts';

describe('a filter pattern', () => {
  it.each<[string, string[] | undefined]>([
    ['', []],
    ['ERROR', ['ERROR']],
    ['"example.com"', ['example.com']],
    ['"a b" c', ['a b', 'c']],
    ['"say \\"x\\""', ['say "x"']],
    ['example.com', undefined],
    ['{ $.level = "INFO" }', undefined],
    ['?a ?b', undefined],
    ['-a', undefined],
    ['%a%', undefined],
    ['[a, b]', undefined],
  ])('%s has the terms %j', (pattern, terms) => expect(parseTerms(pattern)).toEqual(terms));
});

describe('FilterLogEvents', () => {
  const group = '/aws/lambda/perennial-local-renew';
  const logs = new FunctionLogs();
  const lines = ['renewed example.com', 'renewed shop', 'example.com again'];
  for (const line of lines) logs.add('perennial-local-renew', line);
  const ask = async (asked: object) => {
    const request = {
      headers: { 'x-amz-target': 'Logs_20140328.FilterLogEvents' },
      path: '/',
      body: Buffer.from(JSON.stringify({ logGroupName: group, ...asked })),
    } as unknown as AwsRequest;
    const answer = await createLogs(logs).handle(request, async () => ({
      status: 200,
      headers: {},
      body: JSON.stringify({ logGroups: [{ logGroupName: group }, { logGroupName: `${group}al` }] }),
    }));
    const body = JSON.parse(answer.body.toString());
    return {
      status: answer.status,
      ...body,
      events: body.events?.map(({ message }: { message: string }) => message),
    };
  };

  it('finds what functions printed, in their order, each line whole', async () => {
    expect((await ask({})).events).toEqual(lines.map((line) => `${line}\n`));
    expect((await ask({ filterPattern: '"example.com"' })).events).toHaveLength(2);
    expect((await ask({ filterPattern: '"example.com" again' })).events).toHaveLength(1);
  });

  it('begins and ends where it is told', async () => {
    const at = logs.of(group)[0]?.timestamp ?? 0;
    expect((await ask({ startTime: at + 60_000 })).events).toEqual([]);
    expect((await ask({ endTime: at - 60_000 })).events).toEqual([]);
    expect((await ask({ startTime: at, endTime: at + 60_000 })).events).toHaveLength(3);
  });

  it('goes on from page to page', async () => {
    const first = await ask({ limit: 2 });
    expect(first.events).toHaveLength(2);
    const second = await ask({ limit: 2, nextToken: first.nextToken });
    expect(second.events).toEqual([`${lines[2]}\n`]);
    expect(second.nextToken).toBeUndefined();
  });

  it.each<[string, object, string]>([
    ['a group that is not deployed', { logGroupName: '/aws/lambda/other' }, 'ResourceNotFoundException'],
    ['a pattern that it does not read', { filterPattern: '{ $.a = 1 }' }, 'InvalidParameterException'],
    ['a token that is none', { nextToken: 'x' }, 'InvalidParameterException'],
  ])('refuses %s', async (_, asked, type) => {
    expect(await ask(asked)).toMatchObject({ status: 400, __type: type });
  });
});
