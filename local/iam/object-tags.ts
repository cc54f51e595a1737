import { XMLParser } from 'fast-xml-parser';
import { s3Location } from '../gateway/action.ts';
import type { AwsRequest } from '../gateway/request.ts';

export type Tags = Readonly<Record<string, string>>;

const NONE: Tags = {};
const parser = new XMLParser({ isArray: (name) => name === 'Tag', parseTagValue: false });

/** The tags of all objects, learnt from the requests that wrote them. */
export class ObjectTags {
  readonly #tags = new Map<string, Tags>();

  of(bucket: string, key: string): Tags {
    return this.#tags.get(`${bucket}/${key}`) ?? NONE;
  }

  /** To be told of every request that S3 carried out, by the action's name. */
  observe(request: AwsRequest, action: string): void {
    const { bucket, key } = s3Location(request);
    const path = `${bucket}/${key}`;
    if (action === 'PutObject') this.#tags.set(path, taggingHeader(request.headers['x-amz-tagging'] ?? ''));
    if (action === 'PutObjectTagging') this.#tags.set(path, taggingXml(request.body));
    if (action === 'DeleteObject' || action === 'DeleteObjectTagging') this.#tags.delete(path);
    if (action === 'CopyObject') {
      const source = decodeURIComponent(request.headers['x-amz-copy-source'] ?? '').replace(/^\//, '');
      this.#tags.set(path, this.#tags.get(source) ?? NONE);
    }
  }
}

/** Tags as the header `x-amz-tagging` has them. */
export function taggingHeader(header: string): Tags {
  return Object.fromEntries(new URLSearchParams(header));
}

/** Tags as the body of a PutObjectTagging request has them. */
export function taggingXml(body: Buffer): Tags {
  const { Tagging } = parser.parse(body.toString()) as {
    Tagging?: { TagSet?: { Tag?: { Key: string; Value: string }[] } };
  };
  return Object.fromEntries((Tagging?.TagSet?.Tag ?? []).map(({ Key, Value }) => [Key, String(Value)]));
}
