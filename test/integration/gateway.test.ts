import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetParameterCommand, PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { jsonAnswer } from '../../local/gateway/answers.ts';
import { Gateway } from '../../local/gateway/gateway.ts';
import type { LocalService } from '../../local/gateway/request.ts';
import { type Moto, startMoto } from '../../local/moto/start.ts';
import { AgedObjects } from '../../local/s3/aged-objects.ts';
import { createS3 } from '../../local/s3/s3.ts';
import { venvBin } from './fixtures/venv.ts';

const ssmThatListsNoCommands: LocalService = {
  async handle(request, forward) {
    const isList = request.headers['x-amz-target'] === 'AmazonSSM.ListCommands';
    return isList ? jsonAnswer({ Commands: [] }) : forward(request);
  },
};

let dir: string;
let moto: Moto;
let gateway: Gateway;
let s3: S3Client;
let ssm: SSMClient;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'perennial-'));
  moto = await startMoto({ venvBin: await venvBin(), dir });
  gateway = new Gateway({ motoUrl: moto.url, services: { ssm: ssmThatListsNoCommands } });
  await gateway.start();
  const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' };
  const settings = { endpoint: gateway.endpoint, region: 'us-east-1', credentials, maxAttempts: 2 };
  s3 = new S3Client({ ...settings, forcePathStyle: true });
  ssm = new SSMClient(settings);
  await fetch(`${gateway.endpoint}/shelf`, { method: 'PUT' });
});

afterAll(async () => {
  s3.destroy();
  ssm.destroy();
  await gateway.stop();
  await moto.stop();
  await rm(dir, { recursive: true });
});

beforeEach(() => {
  gateway.calls.clear();
  gateway.faults.clear();
});

describe('the gateway', () => {
  it('forwards what no local service answers', async () => {
    await s3.send(new PutObjectCommand({ Bucket: 'shelf', Key: 'a b/ü.txt', Body: 'text' }));
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'shelf', Key: 'a b/ü.txt' }));
    expect(await Body?.transformToString()).toBe('text');
  });

  it('lets a local service answer some actions and forward others', async () => {
    await ssm.send(new PutParameterCommand({ Name: '/p', Value: 'v', Type: 'String' }));
    const { Parameter } = await ssm.send(new GetParameterCommand({ Name: '/p' }));
    expect(Parameter?.Value).toBe('v');
    const { ListCommandsCommand } = await import('@aws-sdk/client-ssm');
    expect((await ssm.send(new ListCommandsCommand({}))).Commands).toEqual([]);
  });

  it('logs each call with its principal, action, resource, conditions and status', async () => {
    gateway.calls.registerPrincipal('AKIATEST', 'role/renew');
    await s3.send(new PutObjectCommand({ Bucket: 'shelf', Key: 'once', Body: '1', IfNoneMatch: '*' }));
    const again = s3.send(
      new PutObjectCommand({ Bucket: 'shelf', Key: 'once', Body: '2', IfNoneMatch: '*' }),
    );
    await expect(again).rejects.toThrow('pre-conditions');
    expect(gateway.calls.matching({ service: 's3', principal: 'renew' })).toMatchObject([
      { action: 'PutObject', resource: 'shelf/once', conditions: { 'if-none-match': '*' }, status: 200 },
      { action: 'PutObject', resource: 'shelf/once', status: 412 },
    ]);
  });
});

describe('a fault', () => {
  const write = (Body: string) => s3.send(new PutObjectCommand({ Bucket: 'shelf', Key: 'key', Body }));
  const read = async () => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'shelf', Key: 'key' }));
    return Body?.transformToString();
  };

  it('answers instead of the service, for the nth matching request only', async () => {
    const slowDown = {
      status: 503,
      headers: {},
      body: '<Error><Code>SlowDown</Code><Message>SlowDown</Message></Error>',
    };
    gateway.faults.add({
      action: 'PutObject',
      nth: 2,
      times: 2,
      effect: { kind: 'answer', response: slowDown },
    });
    await write('first');
    await expect(write('second')).rejects.toThrow('SlowDown');
    await write('third');
    expect(await read()).toBe('third');
  });

  it('drops a request before it is carried out', async () => {
    await write('before');
    gateway.faults.add({ action: 'PutObject', times: 2, effect: { kind: 'drop-before' } });
    await expect(write('lost')).rejects.toThrow();
    expect(await read()).toBe('before');
  });

  it('drops the answer to a request that was carried out', async () => {
    const remove = gateway.faults.add({ action: 'PutObject', times: 2, effect: { kind: 'drop-after' } });
    await expect(write('carried out')).rejects.toThrow();
    expect(await read()).toBe('carried out');
    expect(remove()).toBe(2);
  });
});

describe('an object that is aged', () => {
  it('is older by S3 in lists and when it is read, until it is written again', async () => {
    const aged = new AgedObjects();
    gateway.serve(
      's3',
      createS3(async () => {}, aged),
    );
    const put = () => s3.send(new PutObjectCommand({ Bucket: 'shelf', Key: 'pending/a', Body: '{}' }));
    const ages = async () => {
      const { LastModified } = await s3.send(new GetObjectCommand({ Bucket: 'shelf', Key: 'pending/a' }));
      const { Contents = [] } = await s3.send(
        new ListObjectsV2Command({ Bucket: 'shelf', Prefix: 'pending/' }),
      );
      return [LastModified, Contents[0]?.LastModified].map((at) =>
        Math.round((Date.now() - (at?.getTime() ?? 0)) / 60_000),
      );
    };
    await put();
    aged.age('pending/a', 20 * 60_000);
    expect(await ages()).toEqual([20, 20]);
    await put();
    expect(await ages()).toEqual([0, 0]);
  });
});
