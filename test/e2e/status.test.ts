import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StatusAnswer } from '../../lib/reporting/status/show-status.ts';
import { DeployedLine } from './deployed-line.ts';

const HOST = 'i-00000000000005747';
let line: DeployedLine;

beforeAll(async () => {
  line = await DeployedLine.start({
    zones: ['example.com'],
    hosts: [
      {
        id: HOST,
        tags: { 'perennial-group': 'web' },
        sites: [{ serverName: 'example.com', lineage: 'example.com' }],
      },
    ],
  });
  await line.putAndWait('example.com', { names: ['example.com'], hosts: ['web'], profile: 'classic' });
  await line.putAndWait('zoneless', { names: ['zoneless.example.net'] });
  await line.putAndWait('<img src=x onerror=alert(1)>', { names: ['example.com'] });
});

afterAll(() => line?.stop());

describe('status', () => {
  it('answers with every certificate, the soonest trouble first, and writes nothing', async () => {
    const { certificates = [], counts } = await line.invoke<StatusAnswer>('status');
    expect(counts).toEqual({ all: 3, unwell: 2 });
    expect(certificates.map(({ name, health }) => `${name} ${health}`).sort()).toEqual([
      '<img src=x onerror=alert(1)> rejected',
      'example.com ok',
      'zoneless rejected',
    ]);
    const live = await line.pointer('example.com');
    expect(certificates.at(-1)).toMatchObject({
      name: 'example.com',
      names: ['example.com'],
      notAfter: live?.notAfter,
      due: expect.stringMatching(/^\d{4}-/),
      ca: live?.ca,
      profile: 'classic',
      last: { outcome: 'renewed' },
      next: { action: 'wait', reason: 'not-due' },
      hosts: [{ instanceId: HOST, outcome: 'served', version: live?.version, isLive: true }],
    });
    expect(await line.keys('status/')).toEqual([]);
  });

  it('writes its page when its time has come', async () => {
    await line.cloud.fireSchedule((expression) => expression === 'cron(30 * * * ? *)');
    await line.idle();
    const page = (await line.text('status/index.html')) ?? '';
    expect(page).toContain('<h1>2 of 3 certificates not well</h1>');
    expect(page).toContain(HOST);
    expect(page).not.toContain('<img');
    const { ContentType } = await line.s3.send(
      new HeadObjectCommand({ Bucket: line.bucket, Key: 'status/index.html' }),
    );
    expect(ContentType).toBe('text/html; charset=utf-8');
  });

  it('writes it by hand, and says so', async () => {
    await line.remove('status/index.html');
    const answer = await line.invoke<StatusAnswer>('status', { page: true });
    expect(answer).toEqual({
      at: expect.any(String),
      counts: { all: 3, unwell: 2 },
      page: 'status/index.html',
    });
    expect(await line.keys('status/')).toEqual(['status/index.html', 'status/metrics.prom']);
  });

  it('calls S3 to read, and to write its page, Systems Manager for the hosts, SNS for who is told, and nothing else', () => {
    const calls = line.cloud.calls.matching({ principal: /status/i });
    expect(calls.length).toBeGreaterThan(0);
    expect([...new Set(calls.map(({ action }) => action))].sort()).toEqual([
      'DescribeInstanceInformation',
      'GetObject',
      'ListObjects',
      'ListSubscriptionsByTopic',
      'PutObject',
    ]);
  });

  it.each([
    ['{"pages":true}', 'unknown key "pages"'],
    ['[]', 'give { "page": true }'],
  ])('refuses %s in one line', async (data, complaint) => {
    await expect(line.invoke('status', JSON.parse(data))).rejects.toThrow(complaint);
  });
});
