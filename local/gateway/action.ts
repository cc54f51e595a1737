import type { AwsRequest } from './request.ts';

/** What a request asks for: the API action's name and the resource that its address names, if any. */
export interface ActionName {
  action: string;
  resource: string;
}

/** Names the action of a request, for the call log and for matching faults. */
export function actionOf(request: AwsRequest): ActionName {
  const target = request.headers['x-amz-target'];
  if (target) return { action: target.split('.').at(-1) ?? target, resource: '' };
  const path = pathOf(request);
  const form = formAction(request);
  if (form) return { action: form, resource: '' };
  if (request.service === 's3') return s3Action(request, path);
  if (request.service === 'lambda') return restAction(request.method, path, LAMBDA_ACTIONS);
  if (request.service === 'route53') return restAction(request.method, path, ROUTE53_ACTIONS);
  return { action: request.method, resource: path };
}

export function pathOf(request: AwsRequest): string {
  return request.path.split('?')[0] ?? '';
}

export function queryOf(request: AwsRequest): URLSearchParams {
  return new URLSearchParams(request.path.split('?')[1] ?? '');
}

/** `bucket` and `key` of a path-style S3 address, decoded; both empty for the service itself. */
export function s3Location(request: AwsRequest): { bucket: string; key: string } {
  const [, bucket = '', key = ''] = /^\/([^/]*)\/?(.*)$/s.exec(pathOf(request)) ?? [];
  return { bucket: decodeURIComponent(bucket), key: decodeURIComponent(key) };
}

function formAction(request: AwsRequest): string | undefined {
  if (!request.headers['content-type']?.startsWith('application/x-www-form-urlencoded')) return undefined;
  return new URLSearchParams(request.body.toString()).get('Action') ?? undefined;
}

/** Names of the actions on a subresource, for those that are looked at; others show as method and subresource. */
const S3_SUBRESOURCES: Record<string, Record<string, string>> = {
  uploads: { POST: 'CreateMultipartUpload', GET: 'ListMultipartUploads' },
  uploadId: { POST: 'CompleteMultipartUpload', PUT: 'UploadPart', DELETE: 'AbortMultipartUpload' },
  tagging: { GET: 'GetObjectTagging', PUT: 'PutObjectTagging', DELETE: 'DeleteObjectTagging' },
  versions: { GET: 'ListObjectVersions' },
  delete: { POST: 'DeleteObjects' },
  versioning: {},
  policy: {},
  acl: {},
};

function s3Action(request: AwsRequest, path: string): ActionName {
  const { key } = s3Location(request);
  const query = queryOf(request);
  const resource = decodeURIComponent(path.slice(1));
  for (const [subresource, actions] of Object.entries(S3_SUBRESOURCES)) {
    if (!query.has(subresource)) continue;
    return { action: actions[request.method] ?? `${request.method} ?${subresource}`, resource };
  }
  if (!key)
    return { action: path === '/' ? 'ListBuckets' : (S3_BUCKET[request.method] ?? request.method), resource };
  if (request.method === 'PUT' && request.headers['x-amz-copy-source'])
    return { action: 'CopyObject', resource };
  return { action: S3_OBJECT[request.method] ?? request.method, resource };
}

const S3_BUCKET: Record<string, string> = {
  GET: 'ListObjects',
  HEAD: 'HeadBucket',
  PUT: 'CreateBucket',
  DELETE: 'DeleteBucket',
};
const S3_OBJECT: Record<string, string> = {
  GET: 'GetObject',
  HEAD: 'HeadObject',
  PUT: 'PutObject',
  DELETE: 'DeleteObject',
  POST: 'PostObject',
};

type RestAction = [method: string, path: RegExp, action: string];

const LAMBDA_ACTIONS: RestAction[] = [
  ['POST', /^\/2015-03-31\/functions\/([^/]+)\/invocations$/, 'Invoke'],
  ['GET', /^\/2015-03-31\/functions\/([^/]+)$/, 'GetFunction'],
  ['GET', /^\/2015-03-31\/functions\/([^/]+)\/configuration$/, 'GetFunctionConfiguration'],
  ['PUT', /^\/2015-03-31\/functions\/([^/]+)\/code$/, 'UpdateFunctionCode'],
  ['PUT', /^\/2015-03-31\/functions\/([^/]+)\/configuration$/, 'UpdateFunctionConfiguration'],
  ['POST', /^\/2015-03-31\/functions\/?$/, 'CreateFunction'],
  ['DELETE', /^\/2015-03-31\/functions\/([^/]+)$/, 'DeleteFunction'],
  ['GET', /^\/2015-03-31\/event-source-mappings\/?$/, 'ListEventSourceMappings'],
  ['POST', /^\/2015-03-31\/event-source-mappings\/?$/, 'CreateEventSourceMapping'],
];

const ROUTE53_ACTIONS: RestAction[] = [
  ['POST', /^\/2013-04-01\/hostedzone\/([^/]+)\/rrset\/?$/, 'ChangeResourceRecordSets'],
  ['GET', /^\/2013-04-01\/hostedzone\/([^/]+)\/rrset\/?$/, 'ListResourceRecordSets'],
  ['GET', /^\/2013-04-01\/change\/([^/]+)$/, 'GetChange'],
  ['GET', /^\/2013-04-01\/hostedzonesbyname$/, 'ListHostedZonesByName'],
  ['GET', /^\/2013-04-01\/hostedzone$/, 'ListHostedZones'],
  ['POST', /^\/2013-04-01\/hostedzone$/, 'CreateHostedZone'],
  ['GET', /^\/2013-04-01\/hostedzone\/([^/]+)$/, 'GetHostedZone'],
  ['DELETE', /^\/2013-04-01\/hostedzone\/([^/]+)$/, 'DeleteHostedZone'],
];

function restAction(method: string, path: string, actions: RestAction[]): ActionName {
  for (const [actionMethod, pattern, action] of actions) {
    const match = actionMethod === method ? pattern.exec(path) : null;
    if (match) return { action, resource: decodeURIComponent(match[1] ?? '') };
  }
  return { action: method, resource: path };
}
