import { S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { S3Store } from '../../../../lib/adapters/aws/s3-store.ts';
import { awsError, type SentCommand, stubbed } from '../../../fakes/stubbed-client.ts';

function storeWith(answer: (command: SentCommand, nth: number) => object | undefined = () => undefined) {
  const { client, sent } = stubbed(new S3Client({ region: 'eu-central-1' }), answer);
  return { store: new S3Store(client, 'bucket'), sent };
}
const refused = (status: number) => awsError('PreconditionFailed', { $metadata: { httpStatusCode: status } });
const stored = (body: string) => ({ ETag: '"stored"', Body: { transformToString: async () => body } });

describe('a write', () => {
  it.each([
    ['create', 'IfNoneMatch', '*'],
    ['replace', 'IfMatch', '"before"'],
  ] as const)('by %s is made only under its condition', async (method, condition, value) => {
    const { store, sent } = storeWith(() => ({ ETag: '"after"' }));
    expect(await store[method]('live/shop.json', '{}', { etag: '"before"' })).toEqual({ etag: '"after"' });
    expect(sent[0]?.input).toMatchObject({
      Bucket: 'bucket',
      Key: 'live/shop.json',
      Body: '{}',
      [condition]: value,
    });
  });

  it.each(['create', 'replace', 'put'] as const)(
    'by %s carries the tag by which hosts may read it',
    async (method) => {
      const { store, sent } = storeWith();
      await store[method]('archive/shop/v/privkey.pem', 'x', { etag: '"before"', groups: ['web', 'api'] });
      expect(new URLSearchParams(sent[0]?.input.Tagging).get('perennial-groups')).toBe(':web:api:');
    },
  );

  it('without groups has no tag, so that no host may read it', async () => {
    const { store, sent } = storeWith();
    await store.create('pending/shop.json', '{}', { groups: [] });
    expect(sent[0]?.input.Tagging).toBeUndefined();
  });

  it.each([404, 409, 412])('that S3 refuses with %i is of another worker', async (status) => {
    const { store } = storeWith(({ name }) => {
      if (name === 'PutObjectCommand') throw refused(status);
      return stored('theirs');
    });
    expect(await store.replace('a', 'ours', { etag: '"before"' })).toBeUndefined();
    expect(await store.create('a', 'ours')).toBeUndefined();
  });

  it('that S3 refuses was made when its own text is there: the answer to the first try was lost', async () => {
    const { store } = storeWith(({ name }) => {
      if (name === 'PutObjectCommand') throw refused(412);
      return stored('ours');
    });
    expect(await store.create('a', 'ours')).toEqual({ etag: '"stored"' });
  });

  it.each([
    ['NoSuchBucket', 404, 'bucket-missing'],
    ['AccessDenied', 403, 'store-access-denied'],
    ['InternalError', 500, 'store-unavailable'],
  ])('that ends in %s is no conflict but fails', async (name, httpStatusCode, reason) => {
    const { store } = storeWith(() => {
      throw awsError(name, { $metadata: { httpStatusCode } });
    });
    await expect(store.create('a', 'ours')).rejects.toMatchObject({ reason });
    await expect(store.remove('a')).rejects.toMatchObject({ reason });
  });
});

describe('a removal', () => {
  it('names the etag that was judged, and leaves what has changed since', async () => {
    const { store, sent } = storeWith(() => {
      throw refused(412);
    });
    await store.remove('pending/shop.json', { etag: '"before"' });
    expect(sent[0]?.input).toEqual({ Bucket: 'bucket', Key: 'pending/shop.json', IfMatch: '"before"' });
  });
});

it('tags of an object are set to its groups, all of them', async () => {
  const { store, sent } = storeWith();
  await store.tag('archive/shop/v/cert.pem', ['web', 'api']);
  expect(sent[0]?.input).toEqual({
    Bucket: 'bucket',
    Key: 'archive/shop/v/cert.pem',
    Tagging: { TagSet: [{ Key: 'perennial-groups', Value: ':web:api:' }] },
  });
});

describe('a list', () => {
  it('goes to its last page', async () => {
    const { store, sent } = storeWith((_, nth) => ({
      Contents: [{ Key: `live/${nth}.json`, ETag: `"${nth}"`, LastModified: new Date(0) }],
      IsTruncated: nth < 2,
      ...(nth < 2 && { NextContinuationToken: `after ${nth}` }),
    }));
    expect((await store.list('live/')).map(({ key }) => key)).toEqual([
      'live/0.json',
      'live/1.json',
      'live/2.json',
    ]);
    expect(sent.map(({ input }) => input.ContinuationToken)).toEqual([undefined, 'after 0', 'after 1']);
    expect(sent[0]?.input).toMatchObject({ Bucket: 'bucket', Prefix: 'live/', Delimiter: '/' });
  });

  it('of folders goes to its last page, and leaves the prefix out', async () => {
    const { store } = storeWith((_, nth) => ({
      CommonPrefixes: [{ Prefix: `archive/shop${nth}/` }],
      IsTruncated: nth < 1,
      ...(nth < 1 && { NextContinuationToken: 'more' }),
    }));
    expect(await store.folders('archive/')).toEqual(['shop0', 'shop1']);
  });

  it('leaves out the prefix itself, which consoles make an object of', async () => {
    const { store } = storeWith(() => ({ Contents: [{ Key: 'live/', ETag: '"0"' }] }));
    expect(await store.list('live/')).toEqual([]);
  });
});

describe('an object', () => {
  it('that is not there is none', async () => {
    const { store } = storeWith(() => {
      throw awsError('NoSuchKey');
    });
    expect(await store.get('a')).toBeUndefined();
  });

  it('that may not be read is not taken for one that is not there', async () => {
    const { store } = storeWith(() => {
      throw awsError('AccessDenied', { $metadata: { httpStatusCode: 403 } });
    });
    await expect(store.get('a')).rejects.toMatchObject({ reason: 'store-access-denied' });
  });
});
