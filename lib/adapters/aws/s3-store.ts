import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
  PutObjectTaggingCommand,
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
import { errorName, errorText, httpStatus, isAccessDenied } from './error-name.ts';
import { serverDates } from './server-date.ts';

/** Names the host groups that may read an object; their policies ask for it. */
const TAG = 'perennial-groups';
const tagValue = (groups: readonly string[]) => `:${groups.join(':')}:`;

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
    const found: Listed[] = [];
    let after: string | undefined;
    do {
      const page = await this.#ask(`list ${prefix}`, () =>
        this.#s3.send(
          new ListObjectsV2Command({
            Bucket: this.#bucket,
            Prefix: prefix,
            Delimiter: deep ? undefined : '/',
            ContinuationToken: after,
          }),
        ),
      );
      const now = this.#dates.latest();
      for (const { Key, ETag, LastModified } of page.Contents ?? []) {
        if (Key === undefined || ETag === undefined || Key === prefix) continue;
        const modified = LastModified ?? now;
        found.push({ key: Key, etag: ETag, modified, ageMs: now.getTime() - modified.getTime() });
      }
      after = page.NextContinuationToken;
    } while (after !== undefined);
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

  replace(
    key: string,
    body: string,
    { etag, ...options }: WriteOptions & { etag: string },
  ): Promise<Written | undefined> {
    return this.#write(key, body, { ...options, IfMatch: etag });
  }

  async put(key: string, body: string, options: WriteOptions = {}): Promise<void> {
    await this.#ask(`write ${key}`, () =>
      this.#s3.send(new PutObjectCommand(this.#input(key, body, options))),
    );
  }

  async tag(key: string, groups: readonly string[]): Promise<void> {
    const Tagging = { TagSet: [{ Key: TAG, Value: tagValue(groups) }] };
    await this.#ask(`tag ${key}`, () =>
      this.#s3.send(new PutObjectTaggingCommand({ Bucket: this.#bucket, Key: key, Tagging })),
    );
  }

  async remove(key: string, { etag }: { etag?: string } = {}): Promise<void> {
    await this.#ask(`remove ${key}`, async () => {
      try {
        await this.#s3.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: key, IfMatch: etag }));
      } catch (error) {
        if (!isRefusedCondition(error)) throw error;
      }
    });
  }

  async #write(
    key: string,
    body: string,
    options: WriteOptions & Pick<PutObjectCommandInput, 'IfMatch' | 'IfNoneMatch'>,
  ): Promise<Written | undefined> {
    return this.#ask(`write ${key}`, async () => {
      try {
        const answer = await this.#s3.send(new PutObjectCommand(this.#input(key, body, options)));
        return { etag: answer.ETag ?? '' };
      } catch (error) {
        if (!isRefusedCondition(error)) throw error;
        // The first answer may have been lost and a retry refused: what counts is what stands there now.
        const stored = await this.get(key);
        return stored?.body === body ? { etag: stored.etag } : undefined;
      }
    });
  }

  #input(
    key: string,
    body: string,
    { groups, ...conditions }: WriteOptions & Pick<PutObjectCommandInput, 'IfMatch' | 'IfNoneMatch'>,
  ): PutObjectCommandInput {
    return {
      Bucket: this.#bucket,
      Key: key,
      Body: body,
      ContentType: contentTypeOf(key),
      ...(groups?.length && { Tagging: `${TAG}=${encodeURIComponent(tagValue(groups))}` }),
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

/** A page that is opened from S3 is shown by its type, and not guessed at. */
function contentTypeOf(key: string): string {
  if (key.endsWith('.html')) return 'text/html; charset=utf-8';
  return key.endsWith('.json') ? 'application/json' : 'application/x-pem-file';
}

function storeError(attempt: string, bucket: string, cause: unknown): StoreError {
  const name = errorName(cause);
  if (name === 'NoSuchBucket') {
    return new StoreError('bucket-missing', {
      seen: `could not ${attempt}: the bucket ${bucket} does not exist`,
      remedy: 'run serverless deploy',
      cause,
    });
  }
  if (isAccessDenied(cause)) {
    return new StoreError('store-access-denied', {
      seen: `could not ${attempt}: access to the bucket ${bucket} was denied (${name})`,
      remedy: "compare the function's role with the one in resources/roles.yml",
      cause,
    });
  }
  return new StoreError('store-unavailable', {
    seen: `could not ${attempt} in the bucket ${bucket}: ${errorText(cause)}`,
    cause,
  });
}
