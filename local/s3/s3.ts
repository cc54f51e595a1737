import { XMLParser } from 'fast-xml-parser';
import { queryOf, s3Location } from '../gateway/action.ts';
import type { AwsRequest, AwsResponse, EmitEvent, Forward, LocalService } from '../gateway/request.ts';
import type { AgedObjects } from './aged-objects.ts';
import { Notifications } from './notifications.ts';
import { objectCreated, objectDeleted, type S3Event } from './s3-event.ts';

/** S3: moto keeps the objects; every change to one is told to EventBridge, as for a bucket that has this switched on. */
export function createS3(emit: EmitEvent, aged: AgedObjects): LocalService {
  const notifications = new Notifications();
  return {
    async handle(request, forward) {
      const known = notifications.answer(request);
      if (known) return known;
      const answer = await forward(request);
      if (answer.status < 300) void tellChanges({ request, answer, forward }, emit);
      return aged.apply(request, answer);
    },
  };
}

interface Exchange {
  request: AwsRequest;
  answer: AwsResponse;
  forward: Forward;
}

async function tellChanges(exchange: Exchange, emit: EmitEvent): Promise<void> {
  for (const event of await changesOf(exchange)) await emit(event);
}

async function changesOf(exchange: Exchange): Promise<S3Event[]> {
  const { request, answer } = exchange;
  const query = queryOf(request);
  const { bucket, key } = s3Location(request);
  if (request.method === 'POST' && query.has('delete')) return deletedTogether(bucket, answer);
  if (key === '' || [...query.keys()].some((name) => OTHER_SUBRESOURCES.includes(name))) return [];
  if (request.method === 'DELETE')
    return query.has('uploadId') ? [] : [deletedAlone({ bucket, key }, answer)];
  const reason = creationReason(request, query);
  return reason === undefined ? [] : [await created({ bucket, key, reason }, exchange)];
}

/** Parts and properties of an object, and what is no object. */
const OTHER_SUBRESOURCES = ['tagging', 'acl', 'retention', 'legal-hold', 'uploads', 'partNumber', 'select'];

function creationReason(request: AwsRequest, query: URLSearchParams): string | undefined {
  if (request.method === 'POST' && query.has('uploadId')) return 'CompleteMultipartUpload';
  if (request.method !== 'PUT') return undefined;
  return request.headers['x-amz-copy-source'] ? 'CopyObject' : 'PutObject';
}

async function created(
  object: { bucket: string; key: string; reason: string },
  { request, answer, forward }: Exchange,
): Promise<S3Event> {
  if (object.reason === 'PutObject') {
    const { 'x-amz-decoded-content-length': decoded, 'content-length': sent } = request.headers;
    return objectCreated({ ...object, size: Number(decoded ?? sent ?? 0), headers: answer.headers });
  }
  const { host = '', authorization = '' } = request.headers;
  const path = request.path.split('?')[0] ?? '';
  const head = { ...request, method: 'HEAD', path, headers: { host, authorization }, body: Buffer.alloc(0) };
  const { headers } = await forward(head);
  return objectCreated({ ...object, size: Number(headers['content-length'] ?? 0), headers });
}

function deletedAlone(object: { bucket: string; key: string }, { headers }: AwsResponse): S3Event {
  const isMarker = headers['x-amz-delete-marker'] === 'true';
  return objectDeleted({ ...object, isMarker, versionId: headers['x-amz-version-id'] });
}

interface DeleteResult {
  DeleteResult?: {
    Deleted?: { Key: string; DeleteMarker?: string; DeleteMarkerVersionId?: string; VersionId?: string }[];
  };
}

function deletedTogether(bucket: string, answer: AwsResponse): S3Event[] {
  const parser = new XMLParser({ isArray: (name) => name === 'Deleted', parseTagValue: false });
  const { DeleteResult } = parser.parse(answer.body.toString()) as DeleteResult;
  return (DeleteResult?.Deleted ?? []).map((one) =>
    objectDeleted({
      bucket,
      key: one.Key,
      isMarker: one.DeleteMarker === 'true',
      versionId: one.DeleteMarkerVersionId ?? one.VersionId,
    }),
  );
}
