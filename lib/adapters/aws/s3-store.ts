import {
  DeleteObjectCommand,
  GetObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  PutObjectTaggingCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import {
  type Listed,
  type ListOptions,
  type ObjectStore,
  type StoredObject,
  StoreError,
  type WriteOptions,
  type Written,
} from '../../foundation/bucket/object-store.ts';
import { groupsTag } from '../../foundation/certificate/groups-tag.ts';
import { errorName, errorText, httpStatus, isAccessDenied } from './error-name.ts';
import { serverDates } from './server-date.ts';

type Conditions = WriteOptions & Pick<PutObjectCommandInput, 'IfMatch' | 'IfNoneMatch'>;

const TAG = 'perennial-groups';

/** The stack's bucket on S3; conditional writes as in the S3 user guide, "Conditional writes". */
export class S3Store implements ObjectStore {
  readonly #s3: S3Client;
  readonly #bucket: string;
  readonly #dates: { latest(): Date };

  constructor(s3: S3Client, bucket: string) {
    this.#s3 = s3;
    this.#bucket = bucket;
    this.#dates = serverDates(s3);
  }

  async list(prefix: string, { deep = false }: ListOptions = {}): Promise<Listed[]> {
    const input = { Bucket: this.#bucket, Prefix: prefix, Delimiter: deep ? undefined : '/' };
    const found: Listed[] = [];
    await this.#ask(`list ${prefix}`, async () => {
      for await (const { Contents = [] } of paginateListObjectsV2({ client: this.#s3 }, input)) {
        const now = this.#dates.latest();
        for (const { Key: key, ETag: etag, LastModified: modified = now } of Contents) {
          if (key === undefined || etag === undefined || key === prefix) continue;
          found.push({ key, etag, modified, ageMs: now.getTime() - modified.getTime() });
        }
      }
    });
    return found;
  }

  async folders(prefix: string): Promise<string[]> {
    const input = { Bucket: this.#bucket, Prefix: prefix, Delimiter: '/' };
    const found: string[] = [];
    await this.#ask(`list ${prefix}`, async () => {
      for await (const { CommonPrefixes = [] } of paginateListObjectsV2({ client: this.#s3 }, input))
        found.push(...CommonPrefixes.map(({ Prefix = '' }) => Prefix.slice(prefix.length, -1)));
    });
    return found;
  }

  async get(key: string): Promise<StoredObject | undefined> {
    return this.#ask(`read ${key}`, async () => {
      try {
        const answer = await this.#s3.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key }));
        const at = this.#dates.latest();
        return {
          body: (await answer.Body?.transformToString()) ?? '',
          etag: answer.ETag ?? '',
          modified: answer.LastModified ?? at,
          at,
        };
      } catch (error) {
        if (errorName(error) === 'NoSuchKey') return undefined;
        throw error;
      }
    });
  }

  create(key: string, body: string, options: WriteOptions = {}): Promise<Written | undefined> {
    return this.#write(key, body, { ...options, IfNoneMatch: '*' });
  }

  replace(key: string, body: string, { etag, ...options }: WriteOptions & { etag: string }) {
    return this.#write(key, body, { ...options, IfMatch: etag });
  }

  async put(key: string, body: string, options: WriteOptions = {}): Promise<void> {
    const command = new PutObjectCommand(this.#input(key, body, options));
    await this.#ask(`write ${key}`, () => this.#s3.send(command));
  }

  async tag(key: string, groups: readonly string[]): Promise<void> {
    const Tagging = { TagSet: [{ Key: TAG, Value: groupsTag(groups) }] };
    await this.#ask(`tag ${key}`, () =>
      this.#s3.send(new PutObjectTaggingCommand({ Bucket: this.#bucket, Key: key, Tagging })),
    );
  }

  async remove(key: string, { etag }: { etag?: string } = {}): Promise<void> {
    const command = new DeleteObjectCommand({ Bucket: this.#bucket, Key: key, IfMatch: etag });
    await this.#ask(`remove ${key}`, () =>
      this.#s3.send(command).catch((error) => {
        if (!isRefusedCondition(error)) throw error;
      }),
    );
  }

  async #write(key: string, body: string, options: Conditions): Promise<Written | undefined> {
    return this.#ask(`write ${key}`, async () => {
      try {
        const answer = await this.#s3.send(new PutObjectCommand(this.#input(key, body, options)));
        return { etag: answer.ETag ?? '' };
      } catch (error) {
        if (!isRefusedCondition(error)) throw error;
        // The first answer may have been lost and a retry refused: what counts is what is stored now.
        const stored = await this.get(key);
        return stored?.body === body ? { etag: stored.etag } : undefined;
      }
    });
  }

  #input(key: string, body: string, { groups, ...conditions }: Conditions): PutObjectCommandInput {
    return {
      Bucket: this.#bucket,
      Key: key,
      Body: body,
      ContentType: contentTypeOf(key),
      ...(groups?.length && { Tagging: `${TAG}=${encodeURIComponent(groupsTag(groups))}` }),
      ...conditions,
    };
  }

  #ask<T>(attempt: string, call: () => Promise<T>): Promise<T> {
    return call().catch((cause) => {
      throw cause instanceof StoreError ? cause : storeError(attempt, this.#bucket, cause);
    });
  }
}

/** Whether the object is gone, or not at the etag that the call asked for. */
function isRefusedCondition(error: unknown): boolean {
  return [404, 409, 412].includes(httpStatus(error) ?? 0) && errorName(error) !== 'NoSuchBucket';
}

/** Browsers need it to show a page from S3, and Prometheus to read metrics. */
function contentTypeOf(key: string): string {
  if (key.endsWith('.html')) return 'text/html; charset=utf-8';
  if (key.endsWith('.prom')) return 'text/plain; version=0.0.4; charset=utf-8';
  return key.endsWith('.json') ? 'application/json' : 'application/x-pem-file';
}

function storeError(attempt: string, bucket: string, cause: unknown): StoreError {
  const failure = (reason: StoreError['reason'], what: string, remedy = '') =>
    new StoreError(reason, { seen: `could not ${attempt}${what}`, remedy, cause });
  const name = errorName(cause);
  if (name === 'NoSuchBucket')
    return failure('bucket-missing', `: the bucket ${bucket} does not exist`, 'run serverless deploy');
  if (isAccessDenied(cause))
    return failure(
      'store-access-denied',
      `: access to the bucket ${bucket} was denied (${name})`,
      "compare the function's role with the one in resources/roles.yml",
    );
  return failure('store-unavailable', ` in the bucket ${bucket}: ${errorText(cause)}`);
}
