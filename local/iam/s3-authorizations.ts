import { queryOf, s3Location } from '../gateway/action.ts';
import type { AwsRequest } from '../gateway/request.ts';
import type { Authorization } from './authorization.ts';
import { type ObjectTags, type Tags, taggingHeader, taggingXml } from './object-tags.ts';

/**
 * What an S3 request needs; `undefined` for one that is not known here.
 * Source: S3 user guide, "Required permissions for Amazon S3 API operations".
 */
export function s3Authorizations(
  request: AwsRequest,
  { action, status, objectTags }: { action: string; status: number; objectTags: ObjectTags },
): Authorization[] | undefined {
  const { bucket, key } = s3Location(request);
  const query = queryOf(request);
  if (query.has('versionId')) return undefined;
  const bucketArn = `arn:aws:s3:::${bucket}`;
  const object = `${bucketArn}/${key}`;
  const read = {
    action: 's3:GetObject',
    resource: object,
    context: tagContext('s3:ExistingObjectTag', objectTags.of(bucket, key)),
  };
  const etag = request.headers['if-match'];
  // S3 compares with what is there only for those who may read it ("Enforce conditional deletes").
  const compared = etag === undefined || etag === '*' ? [] : [read];
  switch (action) {
    case 'GetObject':
    case 'HeadObject':
      // Without it S3 answers 403, not 404, where there is no object.
      return status === 404 ? [read, { action: 's3:ListBucket', resource: bucketArn, context: {} }] : [read];
    case 'PutObject':
      return [...writes(request, object), ...compared];
    case 'PutObjectTagging':
      return [
        { action: 's3:PutObjectTagging', resource: object, context: newTags(taggingXml(request.body)) },
      ];
    case 'DeleteObject':
      return [{ action: 's3:DeleteObject', resource: object, context: preconditions(request) }, ...compared];
    case 'ListObjects':
      return [{ action: 's3:ListBucket', resource: bucketArn, context: listContext(query) }];
    default:
      return undefined;
  }
}

function writes({ headers }: Pick<AwsRequest, 'headers'>, resource: string): Authorization[] {
  const context = preconditions({ headers });
  const tags = headers['x-amz-tagging'];
  if (!tags) return [{ action: 's3:PutObject', resource, context }];
  const tagged = newTags(taggingHeader(tags));
  return [
    { action: 's3:PutObject', resource, context: { ...context, ...tagged } },
    { action: 's3:PutObjectTagging', resource, context: tagged },
  ];
}

function preconditions({ headers }: Pick<AwsRequest, 'headers'>): Record<string, string> {
  const present = ['if-match', 'if-none-match'].filter((header) => headers[header]);
  return Object.fromEntries(present.map((header) => [`s3:${header}`, headers[header] ?? '']));
}

function newTags(tags: Tags): Authorization['context'] {
  const keys = Object.keys(tags);
  return keys.length === 0
    ? {}
    : { ...tagContext('s3:RequestObjectTag', tags), 's3:RequestObjectTagKeys': keys };
}

function tagContext(key: string, tags: Tags): Record<string, string> {
  return Object.fromEntries(Object.entries(tags).map(([tag, value]) => [`${key}/${tag}`, value]));
}

function listContext(query: URLSearchParams): Record<string, string> {
  const names = ['prefix', 'delimiter'].filter((name) => query.has(name));
  return Object.fromEntries(names.map((name) => [`s3:${name}`, query.get(name) ?? '']));
}
