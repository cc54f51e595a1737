import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CreateBucketCommand, GetObjectTaggingCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { S3Store } from '../../lib/adapters/aws/s3-store.ts';
import { type Moto, startMoto } from '../../local/moto/start.ts';
import { describeObjectStoreContract } from '../contract/object-store.ts';
import { venvBin } from './fixtures/venv.ts';

let dir: string;
let moto: Moto;
let clients: S3Client[] = [];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'perennial-test-'));
  moto = await startMoto({ venvBin: await venvBin(), dir });
});
afterAll(async () => {
  for (const client of clients) client.destroy();
  await moto?.stop();
  await rm(dir, { recursive: true, force: true });
});

function connect(): S3Client {
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  const s3 = new S3Client({ endpoint: moto.url, region: 'us-east-1', credentials, forcePathStyle: true });
  clients = [...clients, s3];
  return s3;
}

async function makeBucket(name: string): Promise<S3Store> {
  const s3 = connect();
  await s3.send(new CreateBucketCommand({ Bucket: name }));
  return new S3Store(s3, name);
}

describeObjectStoreContract('S3', () => makeBucket('contract'));

describe('S3', () => {
  it('tags what host groups may read, and nothing else', async () => {
    const store = await makeBucket('tagged');
    await store.put('live/a/cert.pem', 'x', { groups: ['web', 'api'] });
    await store.put('live/b/cert.pem', 'x', { groups: [] });
    const tags = async (Key: string) =>
      (await connect().send(new GetObjectTaggingCommand({ Bucket: 'tagged', Key }))).TagSet;
    expect(await tags('live/a/cert.pem')).toEqual([{ Key: 'perennial-groups', Value: ':web:api:' }]);
    expect(await tags('live/b/cert.pem')).toEqual([]);
  });

  it.each([
    ['reading', (store: S3Store) => store.get('x')],
    ['listing', (store: S3Store) => store.list('x/')],
    ['creating', (store: S3Store) => store.create('x', 'x')],
    ['replacing', (store: S3Store) => store.replace('x', 'x', { etag: '"x"' })],
    ['removing', (store: S3Store) => store.remove('x')],
  ])('says so when the bucket is missing: %s', async (_, act) => {
    await expect(act(new S3Store(connect(), 'missing'))).rejects.toMatchObject({
      name: 'StoreError',
      reason: 'bucket-missing',
      message: expect.stringContaining('run serverless deploy'),
    });
  });
});
